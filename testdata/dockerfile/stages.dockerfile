# syntax=docker/dockerfile:1
ARG GO=1.20
FROM golang:${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/root/.cache go mod download
COPY --link . .
RUN go build -o /out/app ./cmd/app

FROM --platform=linux/amd64 alpine:3.20 AS base
RUN apk add --no-cache ca-certificates

FROM base
COPY --from=build --chown=1000:1000 /out/app /usr/bin/app
COPY --from=0 /src/LICENSE /
USER 1000
EXPOSE 8080/tcp 9090
ENTRYPOINT ["/usr/bin/app", "--listen", ":8080"]
CMD ["serve"]
