-- The health of a ScreenshotRequest, for Argo CD: that of its conditions, once they are about the spec as it is.
local health = {status = "Progressing", message = "the operator has not seen this spec yet"}
local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health
end

local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end
local function holds(kind)
  return found[kind] ~= nil and found[kind].status == "True"
end

if holds("Reconciling") then
  health.message = found.Reconciling.reason .. ": " .. found.Reconciling.message
elseif holds("Stalled") then
  health.status = "Degraded"
  health.message = found.Stalled.reason .. ": " .. found.Stalled.message
elseif holds("Ready") then
  health.status = "Healthy"
  health.message = found.Ready.message
  if found.Settled ~= nil and found.Settled.status == "False" then
    health.message = health.message .. "; " .. found.Settled.message
  end
elseif status.phase == "Suspended" then
  health.status = "Suspended"
  health.message = found.Ready.message
end
return health
