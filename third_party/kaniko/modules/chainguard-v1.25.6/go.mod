module ovenbird/kaniko

go 1.24.3

require github.com/chainguard-dev/kaniko v1.25.6
