"""The guide's own client, "Python Example", as it stands there; below it, a conversation that the test reads."""

import json
import sys
from typing import Optional

import requests


class VoIPCRMClient:
    def __init__(self, base_url: str):
        self.base_url = base_url
        self.token: Optional[str] = None

    def login(self, username: str, password: str) -> dict:
        """Authenticate and store JWT token"""
        response = requests.post(
            f"{self.base_url}/api/auth/login",
            json={"username": username, "password": password}
        )
        response.raise_for_status()

        data = response.json()
        self.token = data['token']
        return data

    def _headers(self) -> dict:
        """Get headers with authentication"""
        if not self.token:
            raise ValueError("Not authenticated. Call login() first.")

        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}"
        }

    def get_leads(self) -> list:
        """Get all leads"""
        response = requests.get(
            f"{self.base_url}/api/leads",
            headers=self._headers()
        )

        if response.status_code == 401:
            raise ValueError("Authentication failed. Token may be expired.")

        response.raise_for_status()
        return response.json()

    def create_lead(self, lead_data: dict) -> dict:
        """Create new lead"""
        response = requests.post(
            f"{self.base_url}/api/leads",
            headers=self._headers(),
            json=lead_data
        )

        if response.status_code == 401:
            raise ValueError("Authentication failed. Token may be expired.")

        response.raise_for_status()
        return response.json()


def words(work) -> str:
    """What goes wrong in it."""
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def converse(url: str, username: str, password: str) -> dict:
    client = VoIPCRMClient(url)
    before = words(client.get_leads)
    wrong = words(lambda: client.login(username, "wrong"))
    login = client.login(username, password)
    lead = client.create_lead({
        "name": "Jane Smith",
        "phone": "+1-555-0199",
        "email": "jane@example.com"
    })
    leads = client.get_leads()
    client.token = client.token[:-4] + "AAAA"
    tampered = words(client.get_leads)
    return {
        "before": before, "wrong": wrong, "login": login, "lead": lead, "leads": leads, "tampered": tampered
    }


if __name__ == "__main__":
    print(json.dumps(converse(*sys.argv[1:4])))
