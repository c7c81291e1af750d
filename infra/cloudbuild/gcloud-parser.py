"""Reads a cloudbuild.yaml with the parser of gcloud itself, offline: unknown fields and values end with an error."""

import os
import sys

root = os.path.dirname(os.path.dirname(os.path.realpath(sys.argv[1])))
sys.path[:0] = [os.path.join(root, 'lib'), os.path.join(root, 'lib', 'third_party')]

from googlecloudsdk.api_lib.cloudbuild import cloudbuild_util  # noqa: E402
from googlecloudsdk.api_lib.cloudbuild import config  # noqa: E402

messages = cloudbuild_util.GetMessagesModule()
try:
    build = config.LoadCloudbuildConfigFromPath(sys.argv[2], messages, params={})
except Exception as error:  # The parser has an exception of its own for each kind of mistake.
    sys.exit(f'{type(error).__name__}: {error}')
print(f'{len(build.steps)} steps')
