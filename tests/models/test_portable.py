"""A conversation that one provider began and another goes on with: nobody is sent what only the other understands."""

from __future__ import annotations

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from slipway.models.portable import portable


def test_an_answer_of_another_protocol_is_its_text_and_its_calls() -> None:
    call = {"name": "run", "args": {"command": "ls"}, "id": "1", "type": "tool_call"}
    foreign = AIMessage(
        [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "text", "text": "Let me see."},
            {"type": "tool_use", "id": "1", "name": "run", "input": {"command": "ls"}},
        ],
        tool_calls=[call],
        response_metadata={"model_provider": "anthropic"},
    )
    own = AIMessage("ok", additional_kwargs={"x": 1}, response_metadata={"model_provider": "openai"})
    unknown = AIMessage([{"type": "text", "text": "old"}])
    messages: list[BaseMessage] = [HumanMessage("go"), foreign, ToolMessage("a.py", tool_call_id="1"), own, unknown]
    plain = AIMessage("Let me see.", tool_calls=[call])
    assert portable(messages, "openai") == [messages[0], plain, *messages[2:]]
    assert portable(messages, "anthropic") == [*messages[:3], AIMessage("ok"), unknown]
