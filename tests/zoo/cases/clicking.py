"""Cases of the actions."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case
from zoo.checks import code, fails, tells

GO = {"click": "#go"}

CASES = (
    Case(
        "actions",
        "each action is done once, in order, as a person would do it",
        "/options/workshop",
        tells("click type:ab press:Enter hover select:de evaluate"),
        {
            "prepare": {
                "actions": [
                    GO,
                    {"type": {"selector": "#name", "text": "ab"}},
                    {"press": "Enter"},
                    {"hover": "#menu"},
                    {"select": {"selector": "#language", "value": "de"}},
                    {"evaluate": "note('evaluate')"},
                ]
            }
        },
        fields=(
            "prepare.actions[].click",
            "prepare.actions[].type.selector",
            "prepare.actions[].type.text",
            "prepare.actions[].press",
            "prepare.actions[].hover",
            "prepare.actions[].select.selector",
            "prepare.actions[].select.value",
            "prepare.actions[].evaluate",
        ),
    ),
    Case(
        "scroll",
        "the picture of the window shows the place that was scrolled to",
        "/options/workshop",
        tells("300,600"),
        {"prepare": {"actions": [{"scroll": {"x": 300, "y": 600}}]}},
        fields=("prepare.actions[].scroll.x", "prepare.actions[].scroll.y"),
    ),
    Case(
        "scroll-to-element",
        "the element is in the window",
        "/options/workshop",
        code(lambda told: int(told.rpartition(",")[2]) > 1500),
        {"prepare": {"actions": [{"scroll": {"selector": "#far"}}]}},
        fields=("prepare.actions[].scroll.selector",),
    ),
    Case(
        "wait-actions",
        "the next action waits for the element, the expression, the while",
        "/options/patience",
        tells("element expression while"),
        {
            "prepare": {
                "actions": [
                    *(GO, {"wait": {"selector": "#done"}}, {"evaluate": "look('element')"}),
                    *(GO, {"wait": {"expression": "window.ready"}}, {"evaluate": "look('expression')"}),
                    *(GO, {"wait": {"duration": "800ms"}}, {"evaluate": "since('while')"}),
                ]
            }
        },
        fields=(
            "prepare.actions[].wait.selector",
            "prepare.actions[].wait.expression",
            "prepare.actions[].wait.duration",
        ),
    ),
    Case(
        "action-without-element",
        "an action on nothing is a failure that names the selector",
        "/plain",
        fails("ActionFailed", "#nobody"),
        {"prepare": {"actions": [{"click": "#nobody"}]}, "wait": {"timeout": "4s"}},
        fields=("prepare.actions[].click",),
        reason=Reason.ACTION_FAILED,
    ),
    Case(
        "script-that-throws",
        "an expression that throws is a failure with its error",
        "/plain",
        fails("ScriptFailed", "out of order"),
        {"prepare": {"actions": [{"evaluate": "throw new Error('out of order')"}]}},
        fields=("prepare.actions[].evaluate",),
        reason=Reason.SCRIPT_FAILED,
    ),
)
