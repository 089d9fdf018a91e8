/** The networks a post can go to: how each counts and the address that opens it in the network's own app. */
import { graphemes } from "../../words/graphemes";
import { shortenAddresses, weightedLength } from "./x";

export type NetworkId = "x" | "bluesky" | "mastodon" | "threads";

/** What a post is made of; only `words` are the person's own. */
export interface Post {
  words: string;
  hashtag: string;
  link: string;
}

export interface Network {
  id: NetworkId;
  name: string;
  limit: number;
  length(text: string): number;
  intent(post: Post, mastodonServer: string): string;
}

export function graphemeLength(text: string): number {
  return graphemes(text).length;
}

/** One text with everything inside; what the words already hold is not said twice. */
export function composePost(post: Post): string {
  const words = post.words.trim();
  const parts = [words];
  if (post.hashtag && !holdsHashtag(words, post.hashtag)) parts.push(post.hashtag);
  if (post.link && !words.includes(post.link)) parts.push(post.link);
  return parts.filter(Boolean).join(" ");
}

function holdsHashtag(words: string, hashtag: string): boolean {
  const tags: string[] = words.toLowerCase().match(/#[\p{L}\p{N}_]+/gu) ?? [];
  return tags.includes(hashtag.toLowerCase());
}

function address(base: string, parameters: Record<string, string>): string {
  const filled = Object.entries(parameters).filter(([, value]) => value !== "");
  const query = filled.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${base}${query.join("&")}`;
}

const bare = (hashtag: string) => hashtag.replace(/^#/, "");
/** A network that takes the hashtag apart gets it there, unless the person has written it. */
const tagParameter = (post: Post) => (holdsHashtag(post.words, post.hashtag) ? "" : bare(post.hashtag));
const linkParameter = (post: Post) => (post.words.includes(post.link) ? "" : post.link);

export const NETWORKS: Network[] = [
  {
    id: "x",
    name: "X",
    limit: 280,
    length: weightedLength,
    intent: (post) =>
      address("https://x.com/intent/tweet?", {
        text: post.words.trim(),
        url: linkParameter(post),
        hashtags: tagParameter(post),
      }),
  },
  {
    id: "bluesky",
    name: "Bluesky",
    limit: 300,
    length: graphemeLength,
    intent: (post) => address("https://bsky.app/intent/compose?", { text: composePost(post) }),
  },
  {
    id: "mastodon",
    name: "Mastodon",
    limit: 500,
    length: (text) => graphemeLength(shortenAddresses(text)),
    intent: (post, server) =>
      server
        ? address(`https://${server}/share?`, { text: composePost(post) })
        : address("https://share.joinmastodon.org/#", { text: composePost(post) }),
  },
  {
    id: "threads",
    name: "Threads",
    limit: 500,
    length: (text) => text.length,
    intent: (post) =>
      address("https://www.threads.com/intent/post?", {
        text: post.words.trim(),
        url: linkParameter(post),
        tag: tagParameter(post),
      }),
  },
];

/** Characters that a network leaves, negative when there are too many. */
export function roomLeft(network: Network, post: Post): number {
  return network.limit - network.length(composePost(post));
}

export function postFits(network: Network, post: Post): boolean {
  return roomLeft(network, post) >= 0;
}

export function findNetwork(id: string): Network | null {
  return NETWORKS.find((network) => network.id === id) ?? null;
}

/** A Mastodon server as people type it ("https://piaille.fr/@me", "@me@piaille.fr") as a host name, or "". */
export function readServer(typed: string): string {
  const host = typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .split("/")[0]!
    .split("@")
    .pop()!;
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(host) ? host : "";
}
