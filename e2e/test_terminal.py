"""The board of a build, in a real terminal: tmux, whose screen the tests read."""

import re
import subprocess

from frame import ClusterTest, registry, until

INTERRUPTED = 130
DOCKERFILE = """FROM %s
COPY devspace.yaml /
RUN echo going && sleep %d && echo done
"""


class Terminal(ClusterTest):
    def prepare(self, seconds=8, command=None):
        self.write(
            "devspace.yaml",
            "images:\n"
            + "".join(
                "  %s:\n    image: %s\n    dockerfile: %s.dockerfile\n    build:\n      kaniko: {}\n"
                % (key, registry("%s/%s" % (self.namespace, key)), key)
                for key in ("app", "child")
            ),
        )
        busybox = registry("library/busybox:1")
        self.write("app.dockerfile", command or DOCKERFILE % (busybox, seconds))
        self.write("child.dockerfile", "FROM %s\nRUN echo two\n" % registry(self.namespace + "/app:t"))

    def start_in_terminal(self, width, height=24, terminal="screen", **environment):
        options = ("remain-on-exit on", "status off", "default-terminal " + terminal)
        lines = "".join("set -g %s\n" % option for option in options)
        config = self.write(self.top + "/tmux.conf", lines)
        size = ("-x", str(width), "-y", str(height))
        # A server for each start: another one has another environment, or is about to end.
        self.starts = getattr(self, "starts", 0) + 1
        self.socket = "%s/tmux%d" % (self.top, self.starts)
        prefix = ("tmux", "-S", self.socket, "-f", config, "new-session", "-d") + size
        # tmux does not always know the code of what has ended. Ctrl-C is for the tool alone.
        prefix += ("sh", "-c", 'trap : INT; "$@"; echo "code $?"', "sh")
        self.addCleanup(self.tmux, "kill-server", socket=self.socket)
        started = self.start_build("--tag", "t", "--force", prefix=prefix, environment=environment)
        self.assertEqual(0, started.finish().code)

    def tmux(self, *args, socket=None):
        command = ("tmux", "-S", socket or self.socket) + args
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
        )
        return done.stdout

    def screen(self, *options):
        """The lines, without the times, which differ."""
        shown = self.tmux("capture-pane", "-p", "-J", *options)
        return [re.sub(r"\d+:\d\d$", "T", line.rstrip()) for line in shown.rstrip().split("\n")]

    def wait_for(self, pattern):
        def met():
            screen = self.screen()
            return screen if any(re.search(pattern, line) for line in screen) else None

        return until("the screen has " + pattern, met, seconds=240)

    def end(self):
        """Waits until the tool has ended; returns its exit code and the screen."""
        self.wait_for(r"^code \d+$")
        screen = self.screen()
        end = [line.startswith("code ") for line in screen].index(True)
        return int(screen[end].split()[1]), screen[:end]

    def test_three_widths(self):
        # Each with a command of its own: kaniko's cache has the layers of the others.
        for width, seconds in ((40, 8), (80, 9), (200, 10)):
            with self.subTest(width=width):
                self.prepare(seconds)
                self.start_in_terminal(width)
                screen = self.wait_for("^app .*RUN echo going")
                rows = [line for line in screen if re.match("app |child ", line)]
                self.assertEqual(2, len(rows), screen)
                run = "app    [2/2] RUN echo going && sleep %d && echo done" % seconds
                self.assertEqual(run[: width - 6].rstrip(), rows[0][:-1].rstrip())
                self.assertEqual("child  waiting for app", rows[1])
                self.assertEqual("1 running, 1 waiting  T", screen[-1])
                self.assertTrue(all(len(line) < width for line in screen[-5:]), screen)
                code, screen = self.end()
                self.assertEqual(0, code, screen)
                self.assertEqual(1, sum(line.startswith("app  ") for line in screen), screen)
                self.assertIn("2 built  T", screen)

    def test_the_terminal_becomes_narrower(self):
        self.prepare()
        self.start_in_terminal(100)
        self.wait_for("^app .*RUN echo going")
        self.tmux("resize-window", "-x", "40", "-y", "20")
        code, screen = self.end()
        self.assertEqual(0, code, screen)
        self.assertEqual(1, sum(line.startswith("app  ") for line in screen), screen)
        self.assertIn("2 built  T", screen)

    def test_ctrl_c(self):
        self.prepare(seconds=60)
        self.start_in_terminal(80)
        self.wait_for("^app .*RUN echo going")
        self.tmux("send-keys", "C-c")
        code, screen = self.end()
        self.assertEqual(INTERRUPTED, code, screen)
        self.assertEqual(1, sum(line.startswith("app  ") for line in screen), screen)
        message = "ovenbird: interrupted, cleaning up"
        self.assertTrue(any(line.startswith(message) for line in screen), screen)
        self.assertTrue(any(line.startswith("child  not started") for line in screen), screen)
        self.assert_namespace_as_before()

    def test_the_log_of_a_failed_image_is_shown(self):
        lines = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; exit 7"
        self.prepare(command="FROM %s\nRUN %s\n" % (registry("library/busybox:1"), lines))
        self.start_in_terminal(80, height=60)
        code, screen = self.end()
        self.assertEqual(1, code, screen)
        self.assertIn("[app]   line 12", screen)
        self.assertIn("  line 3", screen)  # The summary has the last ten.
        self.assertNotIn("  line 2", screen)
        failed = "app    failed: a command of the Dockerfile failed (exit code 7)"
        self.assertTrue(any(line.startswith(failed) for line in screen), screen)

    def test_no_color(self):
        self.prepare(seconds=4)
        self.start_in_terminal(80, NO_COLOR="1")
        self.wait_for("^app .*RUN echo going")
        self.assertNotIn("\x1b[", "\n".join(self.screen("-e")[-4:]))
        self.assertEqual(0, self.end()[0])

    def test_a_dumb_terminal_gets_lines(self):
        self.prepare(seconds=1)
        self.start_in_terminal(80, height=200, terminal="dumb")
        code, screen = self.end()
        self.assertEqual(0, code, screen)
        self.assertIn("[app]   going", screen)
        self.assertFalse([line for line in screen if line.startswith("app    [")], screen)
        self.assertIn("2 built  T", screen)  # the table
