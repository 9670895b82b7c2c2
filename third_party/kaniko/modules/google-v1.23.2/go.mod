module ovenbird/kaniko

go 1.24

require github.com/GoogleContainerTools/kaniko v1.23.2
