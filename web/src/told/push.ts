// This browser as a place to be told in: its subscription at its maker's push service, and the channel made of it.
import { post, remove, type Schemas } from "../api/client";

const KEPT = "lockstep.push-channel";

/** Whether it can be told anything: not in a page by http, nor on a phone that wants the page installed first. */
export function canBeTold(): boolean {
  return (
    isSecureContext &&
    "serviceWorker" in navigator &&
    "PushManager" in globalThis &&
    "Notification" in globalThis
  );
}

/** The channel that this browser is, among the caller's; another caller's is not found. */
export function ownChannel(channels: readonly Schemas["Channel"][]): Schemas["Channel"] | undefined {
  const kept = Number(read());
  return channels.find((one) => one.id === kept && one.kind === "push");
}

/** Subscribes to the server's key and makes a channel of it. Its code comes by the first message, to the worker. */
export async function subscribe(key: string, label: string): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = bytesOf(key);
  const standing = await pushManager.getSubscription();
  const fits = standing && sameBytes(standing.options.applicationServerKey, wanted);
  if (standing && !fits) await standing.unsubscribe();
  const made =
    standing && fits
      ? standing
      : await pushManager
          .subscribe({ userVisibleOnly: true, applicationServerKey: wanted })
          .catch((error: Error) => {
            throw new Error(
              `This browser got no address from its maker's push service (${error.message}). Try again later.`,
            );
          });
  const { endpoint: address, keys } = made.toJSON();
  const body = { kind: "push", address, keys, label };
  const channel = await post<Schemas["Channel"]>("/v1/notifications/channels", body);
  write(String(channel.id));
}

/** Ends both: the channel at the server, and the subscription at the push service. */
export async function unsubscribe(channel: number): Promise<void> {
  await remove(`/v1/notifications/channels/${channel}`);
  write(null);
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function sameBytes(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const found = new Uint8Array(one ?? new ArrayBuffer(0));
  return found.length === other.length && found.every((byte, place) => byte === other[place]);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function write(channel: string | null): void {
  try {
    if (channel === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, channel);
  } catch {
    // Then it is among the channels without being known as this browser's.
  }
}
