"""Creates the pods that were decided on, or adopts those that are there already."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kubeshot_contract.dispatch import TOKEN_BYTES
from kubeshot_contract.reasons import Reason
from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, RefusedError, UnavailableError
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.parse_pod import NotACapturePodError, parse_pod
from kubeshot_operator.decide.observation import Refusal
from kubeshot_operator.decide.pod import PodPlan, build_pod
from kubeshot_operator.decide.pod_body import Access
from kubeshot_operator.decide.uploads import grant_uploads
from kubeshot_operator.decide.warm_pod import WarmPlan, build_warm_pod
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.policy_keeper import PolicyKeeper
from kubeshot_operator.runtime.ports import Buckets, Cluster

REFUSAL_RETRY = timedelta(seconds=15)
# How the API server begins to tell which quota it is, what of it is asked for, used and allowed.
QUOTA_WORDS = "exceeded quota"

Plan = PodPlan | WarmPlan


@dataclass(frozen=True, slots=True)
class PodMaker:
    """`dispatch_address` is told to each pod, with a token of its own. No pod is there before its NetworkPolicy is."""

    cache: Cache
    cluster: Cluster
    buckets: Buckets
    policies: PolicyKeeper
    dispatch_address: str

    async def create(self, plan: Plan, deadline: datetime) -> Refusal | None:
        """Create the pod of a plan, or adopt it if it is there already; return why neither was possible.

        `deadline` is that of the run on whose account it is created.
        """
        try:
            await self.policies.ensure(plan.request.key.namespace, plan.capture_class)
            created = await self.cluster.create_pod(plan.request.key.namespace, self._build(plan, deadline))
            self.cache.put_pod(parse_pod(created))
        except NameTakenError:
            return await self._adopt(plan)
        except ConflictError as error:
            # Two creates met at a quota's count; that is over at once.
            raise UnavailableError(str(error)) from error
        except UnavailableError as error:
            message = f"pod {plan.name} cannot be created for now: {error}"
            return Refusal(Reason.POD_REJECTED, message, REFUSAL_RETRY, doubtful=True)
        except (RefusedError, GoneError) as error:
            reason = Reason.QUOTA_EXCEEDED if QUOTA_WORDS in str(error) else Reason.POD_REJECTED
            return Refusal(reason, f"pod {plan.name} cannot be created: {error}", REFUSAL_RETRY)
        return None

    def _build(self, plan: Plan, deadline: datetime) -> dict[str, Any]:
        access = Access(self.dispatch_address, secrets.token_urlsafe(TOKEN_BYTES))
        if isinstance(plan, WarmPlan):
            return build_warm_pod(plan, access)
        grants = grant_uploads(plan.request, plan.capture_class, plan.run, deadline)
        return build_pod(plan, self.buckets.sign(plan.capture_class.storage, grants), access)

    async def _adopt(self, plan: Plan) -> Refusal | None:
        """Take over the pod that has the name of ours, if it is of the same owner."""
        try:
            found = parse_pod(await self.cluster.get_pod(plan.request.key.namespace, plan.name))
        except GoneError:
            return Refusal(Reason.POD_LOST, f"pod {plan.name} was deleted just now", timedelta(seconds=1))
        except NotACapturePodError as error:
            return _taken(plan, str(error))
        if not _is_of(plan, found):
            return _taken(plan, f"it belongs to {found.owner}")
        self.cache.put_pod(found)
        return None


def _is_of(plan: Plan, found: CapturePod | WarmPod) -> bool:
    if isinstance(plan, WarmPlan):
        return isinstance(found, WarmPod) and found.owner == plan.pool
    return isinstance(found, CapturePod) and found.request_uid == plan.request.uid


def _taken(plan: Plan, why: str) -> Refusal:
    message = f"a pod {plan.name} that is not ours is in the way ({why}): delete it, then change the request"
    return Refusal(Reason.POD_REJECTED, message, REFUSAL_RETRY, final=True)
