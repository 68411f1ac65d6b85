"""Deletes from buckets what was decided on; a class says where its bucket is."""

from dataclasses import dataclass

from kubeshot_operator.api.bucket import Bucket, BucketReady, BucketUnavailable, Erasure
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.ports import Buckets


@dataclass(frozen=True, slots=True)
class Eraser:
    """Deleting what is not there is no error, so that all of it may be done again."""

    cache: Cache
    buckets: Buckets

    async def erase(self, erasures: tuple[Erasure, ...]) -> Bucket:
        """Delete everything; return what kept it from that, if anything did."""
        for erasure in erasures:
            capture_class = self.cache.classes.get(erasure.class_name)
            if isinstance(capture_class, MissingClass):
                return BucketUnavailable(capture_class.message)
            answer = await self.buckets.erase(capture_class.storage, erasure)
            if isinstance(answer, BucketUnavailable):
                return answer
        return BucketReady()
