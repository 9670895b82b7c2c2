module ovenbird/kaniko

go 1.24.0

require github.com/GoogleContainerTools/kaniko v1.24.0
