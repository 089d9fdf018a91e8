import { expect, test } from "vitest";

import { actionPath, campaignPath, isAppPath, readRoute } from "../src/routes";

test.each([
  ["/", { screen: "feed" }],
  ["/a/a1", { screen: "action", id: "a1" }],
  ["/a/a1/?alert=al1", { screen: "action", id: "a1" }],
  ["/c/500-signatures", { screen: "campaign", slug: "500-signatures", invitation: null }],
  ["/c/amis?invitation=xyz", { screen: "campaign", slug: "amis", invitation: "xyz" }],
  ["/settings", { screen: "settings" }],
  ["/alerts", { screen: "alerts" }],
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
