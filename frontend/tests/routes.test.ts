import { expect, test } from "vitest";

import { actionPath, campaignPath, isAppPath, pastedPath, readRoute } from "../src/app/routes";

test.each([
  ["/", { screen: "feed" }],
  ["/a/a1", { screen: "action", id: "a1" }],
  ["/a/a1/?alert=al1", { screen: "action", id: "a1" }],
  ["/c/500-signatures", { screen: "campaign", slug: "500-signatures" }],
  ["/c/amis#invitation=xyz-xyz-xyz", { screen: "campaign", slug: "amis", invitation: "xyz-xyz-xyz" }],
  ["/c/amis#link=abc_abc_abc", { screen: "campaign", slug: "amis", link: "abc_abc_abc" }],
  ["/a/a1#link=abc_abc_abc", { screen: "action", id: "a1", link: "abc_abc_abc" }],
  ["/c/amis?invitation=xyz-xyz-xyz", { screen: "campaign", slug: "amis" }],
  ["/c/amis#link=&lt;script&gt;", { screen: "campaign", slug: "amis" }],
  ["/settings", { screen: "settings" }],
  ["/settings/privacy", { screen: "settings", room: "privacy" }],
  ["/alerts", { screen: "alerts" }],
  ["/install", { screen: "install", to: "/" }],
  ["/install?to=%2Fa%2Fa1", { screen: "install", to: "/a/a1" }],
  ["/install?to=%2F%2Felsewhere.example%2Fa%2Fa1", { screen: "install", to: "/" }],
  ["/install?to=%2F%5Celsewhere.example", { screen: "install", to: "/" }],
  ["/install?to=https%3A%2F%2Felsewhere.example%2F", { screen: "install", to: "/" }],
  ["/install?to=%2Fadmin%2F", { screen: "install", to: "/" }],
  ["/install/more", { screen: "unknown" }],
  ["/transfer", { screen: "transfer" }],
  ["/transfer#code=K7QM-2RTB-9XHC", { screen: "transfer", code: "K7QM-2RTB-9XHC" }],
  ["/transfer?code=K7QM-2RTB-9XHC", { screen: "transfer" }],
  ["/transfer/K7QM-2RTB-9XHC", { screen: "unknown" }],
  ["/rights", { screen: "rights" }],
  ["/rights?action=a1#custody", { screen: "rights", action: "a1" }],
  ["/rights?action=%3Cscript%3E", { screen: "rights" }],
  ["/rights/more", { screen: "unknown" }],
  ["/a", { screen: "unknown" }],
  ["/a/a1/more", { screen: "unknown" }],
  ["/settings/more", { screen: "unknown" }],
  ["/admin/", { screen: "unknown" }],
  ["/a/%E0%A4%A", { screen: "action", id: "%E0%A4%A" }],
])("it reads %s", (address, route) => {
  expect(readRoute(address)).toEqual(route);
});

test("it leaves the server's paths to the server", () => {
  expect(isAppPath("/accounts/login/")).toBe(false);
  expect(isAppPath("/alerts")).toBe(true);
});

test("it writes paths that it reads back", () => {
  expect(readRoute(actionPath("a/b ?"))).toEqual({ screen: "action", id: "a/b ?" });
  expect(readRoute(campaignPath("été"))).toMatchObject({ slug: "été" });
});

const HERE = "https://site.example";

test.each([
  ["https://site.example/c/amis#invitation=xyz-xyz-xyz", "/c/amis#invitation=xyz-xyz-xyz"],
  ["Voici : https://site.example/a/a1#link=abc_abc_abc à bientôt", "/a/a1#link=abc_abc_abc"],
  ["https://site.example/transfer#code=K7QM-2RTB-9XHC", "/transfer#code=K7QM-2RTB-9XHC"],
  ["https://site.example/c/amis?lang=en", "/c/amis"],
  ["https://elsewhere.example/c/amis#invitation=xyz-xyz-xyz", null],
  ["https://site.example/admin/", null],
  ["https://site.example/settings", null],
  ["javascript:alert(1)", null],
  ["https://", null],
  ["xyz-xyz-xyz", null],
])("it finds the way in what was pasted: %s", (text, path) => {
  expect(pastedPath(text, HERE)).toBe(path);
});
