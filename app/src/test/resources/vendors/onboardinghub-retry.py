# OnboardingHub's retry loop as published, run as: python3 onboardinghub-retry.py URL TOKEN
# Each answer is printed: its status and Retry-After, or -.

import requests
import time

def api_request(url, headers, max_retries=3):
    for attempt in range(max_retries + 1):
        response = requests.get(url, headers=headers)
        if response.status_code != 429:
            return response.json()
        if attempt == max_retries:
            raise Exception("Rate limited after max retries")
        wait = int(response.headers.get("Retry-After", 60))
        time.sleep(wait)


import json
import sys

send = requests.get


def get(*arguments, **named):
    response = send(*arguments, **named)
    print(response.status_code, response.headers.get("Retry-After", "-"), flush=True)
    return response


requests.get = get
url, token = sys.argv[1:]
print(json.dumps(api_request(url, {"Authorization": f"Bearer {token}"}), separators=(",", ":")))
