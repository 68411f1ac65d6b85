"""When a request is over, and there is nothing to do about it until somebody changes it or its time has come."""

from kubeshot_operator.api.outline import Outcome, Outline


def is_at_rest(outline: Outline, outcome: Outcome) -> bool:
    """Say whether a request, as it was last written, can be left alone."""
    if outcome.phase is None or not outcome.phase.is_finished or outline.deleting:
        return False
    asked, answered = (outline.generation, outline.requested_at), (outcome.generation, outcome.requested_at)
    is_held_right = outcome.is_held is outcome.should_be_held
    # One that should be gone and is kept waits for whoever keeps it to let go, which its outline does not tell.
    return asked == answered and is_held_right and not outcome.has_uploads and not outcome.is_kept
