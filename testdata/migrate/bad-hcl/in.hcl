target "app" {
  tags = ["registry.example.com/team/app"]
}
