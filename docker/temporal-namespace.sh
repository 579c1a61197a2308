#!/bin/sh
# One-shot: the namespace and the search attributes of Attune. Running it again changes nothing.
set -eu
NAMESPACE=${TEMPORAL_NAMESPACE:-default}
RETENTION=${TEMPORAL_RETENTION:-30d}
ATTEMPTS=60

attempt=1
until temporal operator cluster health; do
  if [ "$attempt" -ge "$ATTEMPTS" ]; then
    echo "Temporal at $TEMPORAL_ADDRESS is not healthy after $ATTEMPTS attempts; see the log of the service temporal." >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

if ! temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"
fi

# A new namespace is known to every part of the server after a few seconds only.
attempt=1
until temporal operator search-attribute list --namespace "$NAMESPACE" >/dev/null 2>&1; do
  if [ "$attempt" -ge "$ATTEMPTS" ]; then
    echo "The namespace $NAMESPACE did not become usable after $ATTEMPTS attempts." >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 1
done

for attribute in AttuneCycle:Keyword AttunePhase:Keyword AttuneAgent:Keyword AttunePrompt:Keyword AttuneVerdict:Keyword AttuneScore:Double AttuneSpend:Double; do
  temporal operator search-attribute create --namespace "$NAMESPACE" --name "${attribute%%:*}" --type "${attribute##*:}"
done
