// Sends one message to each subscription with node's web-push, so many in flight on kept-alive connections.
// Input (JSON on standard input): {subscriptions, payload, inFlight, vapid: {subject, publicKey, privateKey}, ttl}.
// Output: {accepted, seconds}. The certificate to trust comes by NODE_EXTRA_CA_CERTS.
import { Agent } from 'node:https';
import { text } from 'node:stream/consumers';
import webpush from 'web-push';

const { subscriptions, payload, inFlight, vapid, ttl } = JSON.parse(await text(process.stdin));
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const options = { vapidDetails: vapid, TTL: ttl, urgency: 'high', topic: 'benchmark', agent };

let next = 0;
let accepted = 0;

async function sendUntilNoneIsLeft() {
  while (next < subscriptions.length) {
    const answer = await webpush.sendNotification(subscriptions[next++], payload, options);
    if (answer.statusCode === 201) accepted++;
  }
}

const began = process.hrtime.bigint();
await Promise.all(Array.from({ length: inFlight }, sendUntilNoneIsLeft));
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
process.stdout.write(JSON.stringify({ accepted, seconds }));
agent.destroy();
