/** The JSON name of a field that has none of its own, as protoc makes it: `shelf_id` → `shelfId`. */
export function toJsonName(name: string): string {
  return name.replace(/_+([a-z0-9A-Z]?)/g, (_, next: string) => next.toUpperCase());
}
