ARG BASE=busybox:1.36
FROM ${BASE} AS files
COPY index.html /www/
