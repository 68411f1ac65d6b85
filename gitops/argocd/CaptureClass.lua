-- The health of a CaptureClass, for Argo CD: it is a setting, and has no state. Requests say what is wrong with it.
return {status = "Healthy", message = "used by requests that name it"}
