# Only code that this profile signed is accepted.
resource "aws_lambda_code_signing_config" "strict" {
  description = "Signed by our pipeline"

  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/pipeline/Ab12Cd34Ef"]
  }

  policies {
    untrusted_artifact_on_deployment = "Enforce"
  }
}
