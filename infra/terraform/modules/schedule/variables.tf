variable "project_id" {
  description = "Project."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "labels" {
  description = "Labels."
  type        = map(string)
  default     = {}
}

variable "service" {
  description = "Cloud Run service of the sweeps."
  type        = string
}

variable "url" {
  description = "Its address, which is also the audience of the caller's token."
  type        = string
}

variable "schedules" {
  description = "For each schedule, when it calls (unix-cron, UTC) and which sweeps it asks for."
  type        = map(object({ cron = string, sweeps = list(string) }))
}

variable "notification_channels" {
  description = "Who is told when sweeps fail."
  type        = list(string)
}
