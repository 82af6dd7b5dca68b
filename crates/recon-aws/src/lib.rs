//! AWS Lambda, API Gateway, IAM and STS as recon's provider.
