// Nexudus's retry code as published, run as: node nexudus-retry.mjs URL TOKEN
// Each answer is printed: its status and Retry-After, or -; at the end how many requests were made and served.

const getRequest = (url) => {
$.ajax(url)
.success((data) => {
handleContentData(data);
})
.error((xhr, textStatus, errorThrown) => {
if (xhr.status == 409) {
var delay = request.getResponseHeader('Retry-After');
if (delay) {
//re-try again in "delay" seconds
setTimeout(() => getRequest(url), delay * 1000);
}
} else {
//handle other errors...
}
});
}

const [url, token] = process.argv.slice(2);
const AT_ONCE = 4;
let made = 0;
let served = 0;
let throttled = 0;

// As much of jQuery as that uses. It says `request` where it means `xhr`: here both are.
const $ = {
  ajax(address) {
    const handlers = {};
    const call = {
      success(handler) {
        handlers.success = handler;
        return call;
      },
      error(handler) {
        handlers.error = handler;
        return call;
      },
    };
    fetch(address, { headers: { Authorization: `Bearer ${token}` } }).then(async (response) => {
      const data = await response.text();
      const delay = response.headers.get("Retry-After");
      console.log(response.status, delay || "-");
      if (response.ok) {
        handlers.success(data);
      } else {
        throttled++;
        globalThis.request = { status: response.status, getResponseHeader: (name) => response.headers.get(name) };
        handlers.error(globalThis.request, "error", response.statusText);
      }
    });
    return call;
  },
};

function handleContentData() {
  served++;
  if (served === made && throttled === 0) {
    start(); // none came within the same 100 ms
  } else if (served === made) {
    console.log(`${made} made, ${served} served`);
  }
}

function start() {
  made += AT_ONCE;
  for (let i = 0; i < AT_ONCE; i++) {
    getRequest(url);
  }
}

start();
