"""pydantic-ai with one tool; VERSION is the version of its instrumentation."""
import os

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from pydantic_ai import Agent
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
version = os.environ.get("VERSION")
settings = InstrumentationSettings(
    tracer_provider=provider, **({"version": int(version)} if version else {})
)
agent = Agent(
    OpenAIChatModel("m"), name="helper", instructions="Be brief.",
)
try:
    from pydantic_ai.capabilities import Instrumentation

    agent = Agent(
        OpenAIChatModel("m"), name="helper", instructions="Be brief.",
        capabilities=[Instrumentation(settings)],
    )
except (ImportError, TypeError):
    Agent.instrument_all(settings)


@agent.tool_plain
def hours(shop: str) -> str:
    """When a shop opens."""
    return "9:00"


agent.run_sync("When does the shop open?")
