"""An endpoint that is asked again as long as it says that it answers later."""

import time
from collections.abc import Callable

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    wait_exponential_jitter,
)

from newsletter.summaries.language_model.diagnosis import Consequence
from newsletter.summaries.language_model.endpoint import Endpoint, NoReplyError
from newsletter.summaries.language_model.reply import LONGEST_WAIT_S, Reply

TRIES = 3
_jitter = wait_exponential_jitter(initial=1, max=20)


def ask_patiently(
    endpoint: Endpoint,
    messages: list[dict[str, str]],
    sleep: Callable[[float], None] = time.sleep,
    busy_s: float = float("inf"),
) -> Reply:
    """The last reply, whatever it says. No more tries once the endpoint was busy for `busy_s`.

    Raises:
        NoReplyError: there was none, in no try.
    """

    def is_worth_waiting(reply: Reply) -> bool:
        diagnosis = endpoint.diagnose(reply)
        later = diagnosis is not None and diagnosis.consequence is Consequence.TRY_AGAIN
        return later and not reply.asks_for_too_long

    def is_enough(state: RetryCallState) -> bool:
        waited_s = state.idle_for + state.upcoming_sleep
        busy_long = (state.seconds_since_start or 0.0) - state.idle_for >= busy_s
        return busy_long or (busy_s < float("inf") and waited_s > LONGEST_WAIT_S)

    tries = Retrying(
        retry=retry_if_exception_type(NoReplyError) | retry_if_result(is_worth_waiting),
        stop=lambda state: stop_after_attempt(TRIES)(state) or is_enough(state),
        wait=_wait,
        sleep=sleep,
        retry_error_callback=_last,
    )
    return tries(endpoint.chat, messages)


def _last(state: RetryCallState) -> Reply:
    if state.outcome is None:
        raise NoReplyError("nobody was asked")
    reply: Reply = state.outcome.result()
    return reply


def _wait(state: RetryCallState) -> float:
    outcome = state.outcome
    asked_s = outcome.result().retry_after_s if outcome and not outcome.failed else 0.0
    return float(min(LONGEST_WAIT_S, asked_s + _jitter(state)))
