"""langfuse: an agent, a generation and a tool, with session and user."""
from langfuse import Langfuse, propagate_attributes

client = Langfuse()
with client.start_as_current_observation(name="answer", as_type="agent", input={"q": "Open?"}) as root:
    with propagate_attributes(session_id="s-1", user_id="u-1"):
        with client.start_as_current_observation(
            name="llm", as_type="generation", model="m",
            input=[{"role": "user", "content": "When does the shop open?"}],
        ) as generation:
            generation.update(
                output={"role": "assistant", "content": "At nine."},
                usage_details={"input": 5, "output": 3},
            )
        with client.start_as_current_observation(name="hours", as_type="tool", input={"shop": "x"}) as tool:
            tool.update(output="9:00")
    root.update(output={"a": "At nine."})
client.flush()
