"""strands-agents with one tool; OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental for its newer form."""
from strands import Agent, tool
from strands.models.openai import OpenAIModel
from strands.telemetry import StrandsTelemetry

telemetry = StrandsTelemetry()
telemetry.setup_otlp_exporter()


@tool
def hours(shop: str) -> str:
    """When a shop opens."""
    return "9:00"


agent = Agent(
    name="Helper",
    model=OpenAIModel(model_id="m"),
    tools=[hours],
    system_prompt="Be brief.",
    callback_handler=None,
    trace_attributes={"session.id": "s-1", "user.id": "u-1"},
)
agent("When does the shop open?")
telemetry.tracer_provider.force_flush()
