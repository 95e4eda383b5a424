"""deploy/kubernetes against the published schemas, the compose file and the program itself.

It was never run on a cluster: what can be known without one is known here.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bench.endings import ending
from bench.record import DATA
from bot.paths import ROOT
from bot.serve.supervisor import STOP_S as PART_STOP_S
from connectors.jobs import STOP_S
from connectors.registry import NAMES, handler

FOLDER = ROOT / "deploy" / "kubernetes"
VERSION = "1.32"
FILES = sorted(FOLDER.glob("*.yml"))
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yml").read_text(encoding="utf-8"))
OBJECTS: list[dict[str, Any]] = [
    each
    for path in FILES
    if path.name != "kustomization.yml"
    for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
SCALING = json.loads((DATA / "scaling.json").read_text(encoding="utf-8"))
named = pytest.mark.parametrize(
    "each", OBJECTS, ids=lambda each: f"{each['kind']}-{each['metadata']['name']}"
)


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in OBJECTS if each["kind"] == kind}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that would run: its name, its specification."""
    for each in OBJECTS:
        spec = each.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield each["metadata"]["name"], spec["template"]


def containers() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, pod in pods():
        for each in pod["spec"]["containers"]:
            yield f"{name}/{each['name']}", each


PODS, CONTAINERS = dict(pods()), dict(containers())
in_each_pod = pytest.mark.parametrize("name", PODS)
in_each_container = pytest.mark.parametrize("name", CONTAINERS)


@named
def test_kubernetes_would_take_it(each: dict[str, Any]) -> None:
    kubernetes_validate.validate(each, VERSION, strict=True)


def test_a_mistake_would_be_found() -> None:
    wrong = {**of_kind("PodDisruptionBudget")["worker"], "spec": {"minAvailible": 1}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_file_is_applied() -> None:
    assert {*KUSTOMIZATION["resources"], "kustomization.yml"} == {path.name for path in FILES}
    built = {each["name"] for each in KUSTOMIZATION["images"]}
    used = {each["image"] for each in CONTAINERS.values()}
    assert built == {image for image in used if ":" not in image}  # the others bear a version
    assert not any("latest" in image for image in used)


@in_each_pod
def test_a_pod_is_closed(name: str) -> None:
    spec = PODS[name]["spec"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert not any("hostPath" in volume for volume in spec["volumes"])


@in_each_container
def test_a_container_is_closed_and_limited(name: str) -> None:
    container = CONTAINERS[name]
    context = container["securityContext"]

    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"]["drop"] == ["ALL"]
    assert set(context["capabilities"].get("add", ())) <= {"NET_BIND_SERVICE"}
    assert container["resources"]["limits"]["memory"]
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}


@in_each_pod
def test_what_is_mounted_and_asked_for_is_there(name: str) -> None:
    spec = PODS[name]["spec"]
    own = of_kind("StatefulSet").get(name, {}).get("spec", {}).get("volumeClaimTemplates", ())
    volumes = {volume["name"] for volume in [*spec["volumes"], *(c["metadata"] for c in own)]}

    for container in spec["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        ports = {port["name"] for port in container.get("ports", ())}
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container.get(kind, {})
            wanted = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
            assert wanted is None or wanted in ports


def test_what_must_stay_up_is_probed_and_doubled() -> None:
    for name in ("gateway", "worker"):
        deployment = of_kind("Deployment")[name]
        assert deployment["spec"]["replicas"] >= 2
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        budget = of_kind("PodDisruptionBudget")[name]["spec"]
        assert budget["selector"] == deployment["spec"]["selector"]
        program = CONTAINERS[f"{name}/{name}"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(program)
        # A restart heals a dead process, never a database that is away.
        assert program["livenessProbe"]["httpGet"]["path"] == "/healthz"
    ready = CONTAINERS["gateway/gateway"]["readinessProbe"]["httpGet"]["path"]
    assert ready == "/readyz/intake"  # without Rasa messages are taken in all the same


def megabytes(words: str) -> float:
    found = re.fullmatch(r"(\d+)(Mi|Gi)", words)
    assert found
    return int(found[1]) * (1024 if found[2] == "Gi" else 1)


@pytest.mark.parametrize("name", ["gateway/gateway", "worker/worker", "worker/actions",
                                  "worker/rasa", "database/database"])  # fmt: skip
def test_memory_was_measured_and_half_as_much_again_is_allowed(name: str) -> None:
    """With the parts apart on PostgreSQL and Redis (`python -m bench scaling`)."""
    part = {"database": "postgresql"}.get(name.split("/")[1], name.split("/")[1])
    each = {"gateway": 1, "postgresql": 1}  # whatever the pods
    most = max(size["memory_mb"][part] / each.get(part, size["pods"]) for size in SCALING["sizes"])
    memory = CONTAINERS[name]["resources"]

    assert megabytes(memory["limits"]["memory"]) >= 1.5 * most
    assert megabytes(memory["requests"]["memory"]) >= most  # else the node is overbooked
    if part != "postgresql":
        assert f"{part} {most:.0f} MB" in PAGE


def test_a_pod_that_goes_ends_what_it_has_begun() -> None:
    """Who posts hears of it a moment later; the worker's turns want Rasa and the actions."""
    gateway, worker = ending("gateway"), ending("worker")

    assert gateway.waits["gateway"] == gateway.waits["proxy"] >= 5
    assert "worker" not in worker.waits  # it begins no new turn from the first second
    assert worker.waits["actions"] == worker.waits["rasa"] > STOP_S + 2  # jobs and program
    for how in (gateway, worker):
        assert how.grace_s >= max(how.waits.values()) + STOP_S + 5


def test_one_server_leaves_the_time_that_its_parts_take_to_end() -> None:
    """The supervisor ends one after the other, and each has STOP_S and two seconds."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yml").read_text(encoding="utf-8"))
    unit = (ROOT / "deploy" / "systemd" / "comadre.service").read_text(encoding="utf-8")
    wanted = 2 * (PART_STOP_S + 2)

    assert int(compose["services"]["app"]["stop_grace_period"].removesuffix("s")) >= wanted
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.M)[0]) >= wanted
    assert "KillMode=mixed" in unit  # the supervisor is told, and tells its parts in their order


def test_rasa_and_actions_listen_on_loopback_and_rasa_sees_no_secret_but_its_own() -> None:
    rasa = CONTAINERS["worker/rasa"]

    assert "--interface=127.0.0.1" in rasa["command"]
    assert "envFrom" not in rasa
    asked = [e["valueFrom"]["secretKeyRef"] for e in rasa["env"] if "valueFrom" in e]
    assert {(each["name"], each["key"]) for each in asked} == {
        ("comadre-settings", "COMADRE_REDIS_URL"), ("comadre-actions", "token"),
    }  # fmt: skip
    assert not any("COMADRE_HOST" in path.read_text(encoding="utf-8") for path in FILES)


def test_the_programs_secrets_are_files_and_stand_in_no_environment() -> None:
    folder = of_kind("ConfigMap")["comadre"]["data"]["COMADRE_SECRETS_FOLDER"]
    ours = {name: each for name, each in CONTAINERS.items()
            if each["image"] == "comadre" and name != "worker/rasa"}  # fmt: skip

    assert set(ours) == {"gateway/gateway", "worker/worker", "worker/actions", "load/load"}
    for name, each in ours.items():
        assert each["envFrom"] == [{"configMapRef": {"name": "comadre"}}]
        assert not any("valueFrom" in one for one in each.get("env", ()))
        mount = next(m for m in each["volumeMounts"] if m["mountPath"] == folder)
        assert mount["readOnly"] is True
        volume = next(v for v in PODS[name.split("/")[0]]["spec"]["volumes"]
                      if v["name"] == mount["name"])  # fmt: skip
        assert "comadre-settings" in str(volume)
    assert all(mount["mountPath"] != folder for mount in CONTAINERS["worker/rasa"]["volumeMounts"])


def test_what_is_let_in_from_outside_is_what_the_proxy_of_one_server_lets_in() -> None:
    def allowed(words: str) -> set[str]:
        return set(re.findall(r"@outside path (.*)", words)[0].split())

    ours = of_kind("ConfigMap")["comadre-proxy"]["data"]["Caddyfile"]
    assert allowed(ours) == allowed(CADDYFILE)
    rule = of_kind("Ingress")["gateway"]["spec"]["rules"][0]["http"]["paths"]
    assert {each["path"] for each in rule} == {"/webhooks", "/portal", "/api", "/healthz"}
    for name in NAMES:
        path = handler(name).path
        assert path is None or path.startswith("/webhooks/")


def test_nothing_may_talk_to_anything_but_what_is_named() -> None:
    policies = of_kind("NetworkPolicy")
    closed = policies.pop("nothing")["spec"]
    labels = {pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in PODS.values()}

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies.values():
        for words in re.findall(r"'app.kubernetes.io/name': '(\w+)'", str(policy)):
            assert words in labels
    assert "0.0.0.0/0" not in str([p for name, p in policies.items() if name != "worker-out"])
    entries = policies["database"]["spec"]["ingress"][0]["from"]
    assert all("namespaceSelector" not in each for each in entries)


def test_the_rules_that_may_be_wanted_would_be_taken_too() -> None:
    """Those of mail and of traces, without their `#`."""
    words = (FOLDER / "network.yml").read_text(encoding="utf-8").partition("\n# ---\n")[2]
    rules = list(yaml.safe_load_all(re.sub(r"(?m)^# ", "", words)))

    assert [each["metadata"]["name"] for each in rules] == ["to-mail", "to-collector"]
    for each in rules:
        kubernetes_validate.validate(each, VERSION, strict=True)


def test_settings_are_documented_and_secrets_are_named_not_held() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in FILES)
    assert of_kind("Secret") == {}
    for name in set(re.findall(r"\bCOMADRE_[A-Z_]+", words)):
        assert f"`{name}`" in SETTINGS, name
    asked = set(re.findall(r"(?:secretRef|secretKeyRef): \{name: ([\w-]+)", words))
    asked |= set(re.findall(r"secretName: (comadre-(?!certificate)[\w-]+)", words))
    asked |= set(re.findall(r"secret: \{name: ([\w-]+)", words))
    assert asked == set(re.findall(r"create secret generic ([\w-]+)", PAGE))


def test_the_page_says_that_no_cluster_has_run_it_and_names_only_what_exists() -> None:
    files = set(re.findall(r"\bdeploy/(?!secrets|\.env)[\w./-]*\w", PAGE))
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE)

    assert "Not run on a cluster" in PAGE
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    for name in re.findall(r"deployment/(\w+)", PAGE):
        assert name in of_kind("Deployment")


def test_kustomize_builds_it() -> None:
    tool = shutil.which("kubectl")
    if not tool:
        pytest.skip("kubectl is not installed")
    done = subprocess.run(  # noqa: S603
        [tool, "kustomize", str(FOLDER)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))

    assert len(built) == len(OBJECTS)
    for each in built:
        assert each["kind"] == "Namespace" or each["metadata"]["namespace"] == "comadre"
