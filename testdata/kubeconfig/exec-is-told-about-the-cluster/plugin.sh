#!/bin/sh
token=$(printf '%s' "$KUBERNETES_EXEC_INFO" | tr -d '"')
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}' "$token"
