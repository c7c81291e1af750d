variable "project_id" {
  description = "Project."
  type        = string
}

variable "region" {
  description = "Region."
  type        = string
}

variable "domain" {
  description = "Host name of the API."
  type        = string
}

variable "service" {
  description = "Cloud Run service behind it."
  type        = string
}

variable "requests_per_minute" {
  description = "Requests a minute that one API key may make."
  type        = number
}
