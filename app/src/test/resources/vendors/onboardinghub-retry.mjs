// OnboardingHub's retry loop as published, run as: node onboardinghub-retry.mjs URL TOKEN
// Each answer is printed: its status and Retry-After, or -.

async function apiRequest(url, headers, maxRetries = 3) {
  for (let attempt = 0; attempt <= maxRetries; attempt++) {
    const response = await fetch(url, { headers });
    if (response.status !== 429) {
      return response.json();
    }
    if (attempt === maxRetries) {
      throw new Error("Rate limited after max retries");
    }
    const wait = parseInt(response.headers.get("Retry-After") || "60");
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

const send = globalThis.fetch;
globalThis.fetch = async (...request) => {
  const response = await send(...request);
  console.log(response.status, response.headers.get("Retry-After") || "-");
  return response;
};

const [url, token] = process.argv.slice(2);
console.log(JSON.stringify(await apiRequest(url, { Authorization: `Bearer ${token}` })));
