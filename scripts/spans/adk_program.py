"""google-adk with one tool, its model served through LiteLLM."""
import asyncio
import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

from google.adk.agents import Agent  # noqa: E402
from google.adk.models.lite_llm import LiteLlm  # noqa: E402
from google.adk.runners import InMemoryRunner  # noqa: E402
from google.genai import types  # noqa: E402


def hours(shop: str) -> dict:
    """When a shop opens."""
    return {"opens": "9:00"}


async def main() -> None:
    model = LiteLlm(model="openai/m", api_base=os.environ["OPENAI_BASE_URL"])
    agent = Agent(name="helper", model=model, instruction="Be brief.", tools=[hours])
    runner = InMemoryRunner(agent=agent, app_name="app")
    session = await runner.session_service.create_session(
        app_name="app", user_id="u-1", session_id="s-1"
    )
    said = types.Content(role="user", parts=[types.Part(text="When does the shop open?")])
    async for _ in runner.run_async(user_id="u-1", session_id=session.id, new_message=said):
        pass


asyncio.run(main())
