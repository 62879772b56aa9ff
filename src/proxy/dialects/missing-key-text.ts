/** What both generations say to a call without an API key. Sources: esp check_service_control.cc, espv2 handler_impl.cc. */
export const missingKeyText: string =
  "Method doesn't allow unregistered callers (callers without established identity)." +
  ' Please use API Key or other form of API consumer identity to call this API.';
