variable "project_number" {
  description = "Number of the project."
  type        = string
}

variable "access_policy" {
  description = "Number of the organisation's access policy."
  type        = string
}

variable "enforced" {
  description = "Whether the perimeter refuses, or only logs what it would refuse."
  type        = bool
}
