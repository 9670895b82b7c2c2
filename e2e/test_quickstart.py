"""The quickstart, as a new user runs it, on a cluster."""

import json
import os

from frame import ClusterTest, registry


class Quickstart(ClusterTest):
    def test_builds_pushes_and_cleans_up(self):
        name = registry(self.namespace + "/quickstart")
        self.write(
            "devspace.yaml",
            "version: v1beta9\n"
            "images:\n"
            "  quickstart:\n"
            "    image: %s\n"
            "    tags:\n"
            "    - v1\n"
            "    build:\n"
            "      kaniko:\n"
            "        insecure: true\n" % name,
        )
        self.write("Dockerfile", 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app/run"]\n')
        self.write("app/run", "#!/bin/sh\necho hello\n", 0o755)
        os.symlink("run", os.path.join(self.folder, "app/link"))

        finished = self.build()

        self.assert_built(finished)
        pulled = self.pull(name + ":v1")
        self.assertEqual("#!/bin/sh\necho hello\n", pulled.text("app/run"))
        self.assertEqual(0o755, pulled.files["app/run"].mode)
        self.assertEqual((0, 0), (pulled.files["app/run"].uid, pulled.files["app/run"].gid))
        self.assertEqual(
            ("link", "run"), (pulled.files["app/link"].kind, pulled.files["app/link"].data)
        )
        self.assertEqual(["/app/run"], pulled.config["Entrypoint"])
        self.assertIn(pulled.digest, json.dumps(finished.result))
        self.assertIn(pulled.digest, finished.stdout)
        self.assert_namespace_as_before()
