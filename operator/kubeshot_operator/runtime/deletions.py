"""The versions at which objects were deleted, for as long as somebody may still tell of them."""


class Deletions:
    """By UID. They are kept for two LISTs, when nobody can tell of them any more."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}
        self._told_before: dict[str, int] = {}

    def __contains__(self, uid: str) -> bool:
        return uid in self._told or uid in self._told_before

    def note(self, uid: str, version: int) -> None:
        """Take note that an object was deleted at this version."""
        self._told[uid] = version

    def version_of(self, uid: str) -> int:
        """Return the version at which an object was deleted, 0 if it was not."""
        return self._told.get(uid, self._told_before.get(uid, 0))

    def age(self) -> None:
        """Forget those that were noted before the last but one call of this."""
        self._told_before, self._told = self._told, {}
