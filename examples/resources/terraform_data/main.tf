# Remembers a value, and is made anew when another one changes.
resource "terraform_data" "release" {
  input            = { channel = "stable" }
  triggers_replace = ["2026-11"]
}
