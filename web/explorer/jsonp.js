// SPDX-License-Identifier: Apache-2.0
// Runs in a frame without an origin: loads the one script it is told to, and tells what it gave.
addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  const script = document.createElement("script");
  window[data.name] = (value) => parent.postMessage({ text: JSON.stringify(value) }, "*");
  script.onerror = () => parent.postMessage({ failed: true }, "*");
  script.referrerPolicy = "no-referrer";
  script.src = data.url;
  document.head.append(script);
});
parent.postMessage({ isReady: true }, "*");
