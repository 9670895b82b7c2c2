"""What each test proves: options under `kaniko`, failures, faults, and
what else a team relies on. docs/e2e.md is made from this and from test runs;
proofs_test.py checks that the list is complete."""

import re

# Names of tests without what all have in common.
PROOFS = {
    "Options under `kaniko`": {
        "cache": ["test_page.Page.test_cache_is_used_by_one_of_two"],
        "snapshotMode": ["test_page.Page.test_snapshot_modes"],
        "insecure": ["test_page.Page.test_insecure_registry"],
        "args": ["test_page.Page.test_args"],
        "image": ["test_page.Page.test_kaniko_image"],
        "pullSecret": [
            "test_page.Page.test_pull_secret_of_the_page",
            "test_page.Page.test_pull_secret_of_kubectl",
        ],
        "additionalMounts": [
            "test_page.Page.test_additional_mounts",
            "test_lints.Mounts.test_a_mount_that_harms_nobody",
            "test_lints.Mounts.test_a_mount_in_the_context",
            "test_lints.Mounts.test_a_key_that_is_a_link",
        ],
        "namespace": ["test_page.Page.test_namespace"],
        "options": [
            "test_page.Page.test_target_and_build_args",
            "test_secrets.Secrets.test_from_each_source",
        ],
        "resources": [
            "test_examples.Examples.test_pod_options",
            "test_failures.Failures.test_no_node_has_room",
            "test_failures.Failures.test_out_of_memory",
            "test_pod.Pods.test_resources_and_deadline",
        ],
        "nodeSelector": [
            "test_examples.Examples.test_pod_options",
            "test_failures.Failures.test_no_node_fits",
        ],
        "tolerations": ["test_examples.Examples.test_pod_options"],
        "serviceAccount": [
            "test_pod.Pods.test_service_account",
            "test_failures.Failures.test_the_service_account_is_missing",
        ],
        "labels": ["test_pod.Pods.test_labels_and_annotations"],
        "annotations": ["test_pod.Pods.test_labels_and_annotations"],
        "env": ["test_pod.Pods.test_environment"],
        "initEnv": ["test_failures.Failures.test_the_init_image_has_no_shell"],
        "initImage": ["test_examples.Examples.test_pod_options"],
        "command": ["test_failures.Failures.test_kaniko_cannot_be_started"],
        "skipPullSecretMount": ["test_pod.Pods.test_skip_pull_secret_mount"],
        "timeout": [
            "test_failures.Failures.test_the_time_is_over",
            "test_pod.Pods.test_resources_and_deadline",
        ],
        "securityContext": [
            "test_pod.Pods.test_security_context",
            "test_failures.Failures.test_the_container_is_refused_by_its_node",
        ],
        "imagePullSecrets": ["test_examples.Examples.test_pod_options"],
        "registryMirrors": ["test_registries.Registries.test_mirror"],
        "registryCertificates": [
            "test_registries.Registries.test_certificate_as_an_option",
            "test_engines.Engines.test_local_trusts_whom_this_machine_trusts",
        ],
        "priorityClassName": [
            "test_pod.Pods.test_priority_runtime_and_scheduler",
            "test_pod.Pods.test_classes_that_the_cluster_lacks",
        ],
        "runtimeClassName": [
            "test_pod.Pods.test_priority_runtime_and_scheduler",
            "test_pod.Pods.test_classes_that_the_cluster_lacks",
        ],
        "schedulerName": ["test_pod.Pods.test_priority_runtime_and_scheduler"],
        "queue": [
            "test_queue.Queue.test_a_build_waits_in_its_queue",
            "test_kueue.Queues.test_room",
            "test_kueue.Queues.test_no_room",
            "test_kueue.Queues.test_ctrl_c",
            "test_kueue.Queues.test_terminated",
            "test_kueue.Queues.test_ctrl_c_while_kueue_is_away",
            "test_kueue.Queues.test_kueue_is_away",
            "test_kueue.Queues.test_killed",
            "test_kueue.Queues.test_a_missing_queue",
            "test_kueue.Queues.test_a_default_queue",
            "test_kueue.Queues.test_kueue_takes_the_place_away",
        ],
        "affinity": [
            "test_pod.Pods.test_affinity_and_spread",
            "test_pod.Pods.test_affinity_that_no_node_meets",
        ],
        "topologySpreadConstraints": ["test_pod.Pods.test_affinity_and_spread"],
        "hostUsers": [
            "test_pod.Pods.test_host_users",
            "test_pod.Pods.test_build_in_a_user_namespace",
            "test_pod.Pods.test_doctor_says_whether_nodes_have_user_namespaces",
        ],
        "contextTransfer": ["test_transfer.Transfer.test_a_second_build_pushes_what_changed"],
        "contextRepo": ["test_transfer.Transfer.test_a_second_build_pushes_what_changed"],
        "cacheVolumes": [
            "test_mounts.Kept.test_in_a_claim",
            "test_mounts.Kept.test_in_a_folder_of_this_machine",
            "test_mounts.Kept.test_two_builds_with_one_claim",
        ],
        "rewriteDockerfile": ["test_dockerfile.Dockerfiles.test_rewriting"],
    },
    "Failures, each with its own message": {
        "a command of the Dockerfile fails: its line": [
            "test_failures.Failures.test_a_command_fails"
        ],
        "a PersistentVolumeClaim of `cacheVolumes` is missing": [
            "test_mounts.Kept.test_a_missing_claim"
        ],
        "a value of the config that only the API server rejects: its line": [
            "test_verify.Verify.test_rejected_values",
            "test_verify.Verify.test_several_rejected_values",
        ],
        "base image missing": ["test_failures.Failures.test_the_base_image_is_missing"],
        "cluster unreachable, its certificate, its login": [
            "test_failures.Failures.test_the_server_is_unreachable",
            "test_failures.Failures.test_the_server_is_not_who_it_should_be",
            "test_failures.Failures.test_the_login_is_not_accepted",
        ],
        "CreateContainerConfigError": [
            "test_failures.Failures.test_the_container_is_refused_by_its_node"
        ],
        "DeadlineExceeded": ["test_failures.Failures.test_the_time_is_over"],
        "Dockerfile syntax": ["test_failures.Failures.test_the_dockerfile_is_wrong"],
        "ErrImagePull, ImagePullBackOff": [
            "test_failures.Failures.test_the_kaniko_image_cannot_be_pulled"
        ],
        "Evicted (ephemeral storage)": [
            "test_failures.Failures.test_the_disk_limit_is_exceeded"
        ],
        "HTTP to HTTPS": [],
        "InvalidImageName": [],
        "LimitRange": ["test_failures.Failures.test_a_limit_range_refuses_the_pod"],
        "missing config map": ["test_failures.Failures.test_a_mounted_config_map_is_missing"],
        "missing key": [
            "test_secrets.Secrets.test_a_missing_key_of_the_cluster",
            "test_failures.Failures.test_a_mounted_key_is_missing",
            "test_failures.Failures.test_the_pull_secret_has_no_docker_config",
        ],
        "missing secret": [
            "test_failures.Failures.test_a_mounted_secret_is_missing",
            "test_secrets.Secrets.test_a_missing_secret_of_the_cluster",
            "test_failures.Failures.test_the_pull_secret_is_missing",
        ],
        "namespace missing": ["test_failures.Failures.test_the_namespace_is_missing"],
        "namespace terminating": ["test_failures.Failures.test_the_namespace_is_being_deleted"],
        "pod evicted (Eviction API, kubectl drain)": [
            "test_disruption.Disruption.test_the_eviction_api",
            "test_disruption.Disruption.test_a_drained_node",
            "test_disruption.Disruption.test_without_retries",
        ],
        "pod preempted": ["test_disruption.Disruption.test_preemption"],
        "namespace deleted": ["test_disruption.Disruption.test_the_namespace_is_deleted"],
        "node lost": ["test_faults.Faults.test_the_node_is_lost"],
        "OOMKilled": ["test_failures.Failures.test_out_of_memory"],
        "pod deleted by someone else": [
            "test_failures.Failures.test_someone_deletes_the_pod"
        ],
        "PodSecurity": ["test_failures.Failures.test_pod_security_refuses_the_pod"],
        "pull 401": ["test_failures.Failures.test_the_base_image_wants_a_login"],
        "push 401": [
            "test_failures.Failures.test_the_registry_refuses_the_login",
            "test_failures.Failures.test_the_registry_wants_a_login",
        ],
        "quota": ["test_failures.Failures.test_the_quota_is_used_up"],
        "RBAC (which verb on what)": [
            "test_failures.Failures.test_the_user_may_not_create_pods",
            "test_failures.Failures.test_a_right_is_lacking",
        ],
        "StartError": ["test_failures.Failures.test_kaniko_cannot_be_started"],
        "TLS": ["test_failures.Failures.test_the_registry_has_an_unknown_certificate"],
        "unknown target": ["test_failures.Failures.test_the_target_is_unknown"],
        "Unschedulable: resource": ["test_failures.Failures.test_no_node_has_room"],
        "Unschedulable: selector": ["test_failures.Failures.test_no_node_fits"],
        "Unschedulable: taint": ["test_failures.Failures.test_the_node_has_a_taint"],
    },
    "Credentials": {
        "`auths`: `auth`": ["test_page.Page.test_login_of_this_machine"],
        "`auths`: `username` and `password`": [
            "test_credentials.DockerConfig.test_user_name_and_password"
        ],
        "`credsStore`": [
            "test_credentials.DockerConfig.test_a_store",
            "test_credentials.DockerConfig.test_a_store_that_nothing_says_is_needed",
        ],
        "`credHelpers`": ["test_credentials.DockerConfig.test_a_helper_for_one_registry"],
        "a credential helper fails, is not installed, hangs": [
            "test_credentials.DockerConfig.test_a_helper_that_fails",
            "test_credentials.DockerConfig.test_a_helper_that_is_not_installed",
            "test_credentials.DockerConfig.test_a_helper_that_hangs",
            "test_credentials.DockerConfig.test_ctrl_c_while_a_helper_hangs",
        ],
        "`DOCKER_CONFIG`": ["test_credentials.DockerConfig.test_docker_config_variable"],
        "every registry that the build needs, and nothing more; docker.io": [
            "test_credentials.BuildSecret.test_only_what_the_build_needs"
        ],
        "the Secret is per build, owned, replaceable, deleted": [
            "test_credentials.BuildSecret.test_only_what_the_build_needs"
        ],
        "no credentials: no Secret": ["test_credentials.BuildSecret.test_no_login_no_secret"],
        "a pull secret of a desktop": [
            "test_credentials.PullSecret.test_of_a_desktop",
            "test_credentials.PullSecret.test_helper_of_a_desktop_for_one_registry",
        ],
        "a pull secret with the quotes of a shell, or without its own": [
            "test_credentials.PullSecret.test_quotes_of_a_shell",
            "test_credentials.PullSecret.test_quotes_that_a_shell_took",
        ],
        "a pull secret that is the key of a service account": [
            "test_credentials.PullSecret.test_key_of_a_service_account"
        ],
        "a pull secret that was encoded twice": [
            "test_credentials.PullSecret.test_encoded_twice"
        ],
        "a pull secret without an entry for a registry": [
            "test_credentials.PullSecret.test_nothing_for_the_destination",
            "test_credentials.PullSecret.test_nothing_for_a_base_image",
        ],
    },
    "Build secrets": {
        "a file and a variable of this machine, a Secret of the cluster": [
            "test_secrets.Secrets.test_from_each_source",
            "test_secrets.Secrets.test_from_each_source_on_this_machine",
            "test_examples.Examples.test_secrets",
            "test_examples.Examples.test_secrets_on_this_machine",
        ],
        "`--secret`": ["test_secrets.Secrets.test_flags"],
        "with Docker, a Secret of the cluster is an error": [
            "test_docker.Docker.test_a_secret_of_the_cluster"
        ],
        "no value in the image, registries, logs, pods, arguments, output and files": [
            "test_secrets.Secrets.test_from_each_source",
            "test_secrets.Secrets.test_from_each_source_on_this_machine",
            "test_secrets.Secrets.test_a_leak_is_found",
        ],
        "kill -9: the Secret of the build goes with its pod": [
            "test_secrets.Secrets.test_the_secret_of_a_killed_build_goes_with_its_pod"
        ],
    },
    "The pod": {
        "labels and annotations of our own": [
            "test_pod.Pods.test_who_builds_what",
            "test_pod.Pods.test_rendered_pods_name_nobody",
        ],
        "autoscalers are asked to leave its node alone": [
            "test_pod.Pods.test_autoscalers_are_asked_to_leave_it_alone"
        ],
        "least capabilities": ["test_pod.Pods.test_least_capabilities"],
        "containers that an admission webhook adds": [
            "test_injected.Injected.test_a_build_ends_though_others_run_on",
            "test_injected.Injected.test_a_failed_build_ends_though_others_run_on",
            "test_injected.Injected.test_ctrl_c",
            "test_injected.Injected.test_an_init_container_that_fails",
            "test_injected.Injected.test_an_init_container_without_its_image",
        ],
        "no service account's token unless asked for": [
            "test_pod.Pods.test_service_account",
            "test_pod.Pods.test_resources_and_deadline",
        ],
    },
    "The Dockerfile": {
        "outside of the context": ["test_dockerfile.Dockerfiles.test_outside_of_the_context"],
        "any name": ["test_dockerfile.Dockerfiles.test_any_name"],
        "`entrypoint`, `cmd`": ["test_dockerfile.Dockerfiles.test_entrypoint_and_cmd"],
        "`injectRestartHelper`": ["test_dockerfile.Dockerfiles.test_restart_helper"],
        "ONBUILD": [
            "test_dockerfile.Dockerfiles.test_onbuild_of_a_stage",
            "test_dockerfile.Dockerfiles.test_onbuild_of_an_image_of_the_same_config",
            "test_dockerfile.Dockerfiles.test_onbuild_of_an_image_from_elsewhere",
            "test_dockerfile.Dockerfiles"
            ".test_onbuild_of_an_image_from_elsewhere_without_a_cluster",
        ],
    },
    # Each with the real kaniko, and reported at its line before the build; with --strict an error.
    "Where kaniko does not build as written": {
        "here-documents, which kaniko ignores": [
            "test_lints.Lints.test_here_documents",
            "test_lints.Lints.test_a_copied_here_document",
        ],
        "`RUN --mount=type=ssh`, `RUN --network` are ignored": [
            "test_lints.Lints.test_flags_of_run"
        ],
        "caches, tmpfs and files of the context of `RUN --mount` are volumes": [
            "test_mounts.Mounts.test_a_cache",
            "test_mounts.Mounts.test_a_tmpfs",
            "test_mounts.Mounts.test_files_of_the_context",
        ],
        "`ADD --checksum` is ignored": ["test_lints.Lints.test_a_checksum"],
        "`COPY --parents` is unknown": [
            "test_lints.Lints.test_a_flag_that_it_does_not_know"
        ],
        "chown is lost with snapshotMode `time`": [
            "test_lints.Lints.test_owners_and_modes_with_time"
        ],
        "RUN that writes below a VOLUME": ["test_lints.Lints.test_writes_below_a_volume"],
        "`# syntax=` is ignored": ["test_lints.Lints.test_another_frontend"],
        "a Git repository is not cloned": ["test_lints.Lints.test_a_repository_as_source"],
        "COPY of what is ignored": ["test_lints.Lints.test_ignored_sources"],
        "unknown build arguments": ["test_lints.Lints.test_unknown_build_arguments"],
        "no warning where kaniko builds as written": ["test_lints.Lints.test_what_it_can_do"],
        "instructions that write where something is mounted": [
            "test_lints.Mounts.test_copy_below_a_mount",
            "test_lints.Mounts.test_copy_around_a_mount",
            "test_lints.Mounts.test_workdir_below_a_mount",
        ],
        "what is mounted in another stage is copied into the image": [
            "test_lints.Mounts.test_what_another_stage_copies_along"
        ],
    },
    "Faults while builds run": {
        "API server restarted": [
            "test_faults.Faults.test_ten_builds_meet_every_fault",
            "test_faults.Faults.test_the_api_server_is_away_when_a_build_ends",
        ],
        "API server unreachable": ["test_faults.Faults.test_the_watchs_version_has_expired"],
        "connection cut in the upload": ["test_faults.Faults.test_ten_builds_meet_every_fault"],
        "etcd restarted": [
            "test_faults.Faults.test_ten_builds_meet_every_fault",
            "test_faults.Faults.test_etcd_is_away",
        ],
        "kubelet restarted": ["test_faults.Faults.test_ten_builds_meet_every_fault"],
        "pod deleted": ["test_faults.Faults.test_ten_builds_meet_every_fault"],
        "registry restarted": ["test_faults.Faults.test_ten_builds_meet_every_fault"],
        "slow network": ["test_failures.Failures.test_a_slow_network_is_no_failure"],
        "watch expired": [
            "test_faults.Faults.test_the_watchs_version_has_expired",
            "test_faults.Faults.test_ten_builds_meet_every_fault",
        ],
        "watch expired, as an HTTP status": [],
    },
    "The build context": {
        "`<dockerfile>.dockerignore`": ["test_context.Context.test_a_dockerfiles_own_ignore_file"],
        "1 GiB in less than 64 MiB of memory": [
            "test_context.Context.test_a_gigabyte_in_little_memory"
        ],
        "50,000 files": ["test_context.Context.test_fifty_thousand_files"],
        "a cut connection is tried again, three times": [
            "test_context.Context.test_a_cut_connection_is_tried_again",
            "test_context.Context.test_a_connection_that_is_always_cut",
        ],
        "a file that changes while it is read": [
            "test_context.Context.test_a_file_that_changes_on_the_way"
        ],
        "compression on a slow way": [
            "test_context.Context.test_a_slow_way_is_compressed",
            "test_context.Context.test_zstd_is_chosen_where_the_init_image_has_it",
        ],
        "only what COPY and ADD take": ["test_context.Context.test_only_what_is_copied_is_sent"],
        "ovenbird context": ["test_context.Context.test_what_would_be_sent"],
        "symlinks, hard links, empty folders, sparse files, names of any bytes, pipes and sockets": [
            "test_context.Context.test_files_of_all_kinds"
        ],
    },
    "Running": {
        "--explain-rebuild": [
            "test_running.Unchanged.test_a_changed_file",
            "test_running.Unchanged.test_a_changed_option",
        ],
        "--force": ["test_running.Unchanged.test_force"],
        "--jobs": ["test_running.Order.test_several_at_the_same_time"],
        "--keep-going": ["test_running.Failures.test_keep_going"],
        "--sequential": ["test_running.Failures.test_the_first_failure_ends_the_run"],
        "--short-log": ["test_running.Logs.test_short_log"],
        "--skip-push": [
            "test_running.SkipPush.test_nothing_is_pushed",
            "test_running.SkipPush.test_nothing_is_pushed_by_engine_local",
        ],
        "--tag": ["test_running.Unchanged.test_another_tag"],
        "50 images, 8 at a time, less than 200 MB": ["test_running.Many.test_fifty_images"],
        "a base image that changes behind its tag": [
            "test_running.Unchanged.test_a_base_image_that_changes_behind_its_tag",
            "test_running.Unchanged.test_a_base_image_that_cannot_be_asked_for",
        ],
        "images are those of BuildKit": [
            "test_images.Images.test_images_are_those_of_buildkit"
        ],
        "a killed build's pod that waits for its context ends early": [
            "test_cleanup.Cleanup.test_a_pod_to_which_nobody_sends_ends"
        ],
        "a log file for each build": [
            "test_running.Logs.test_two_processes_of_the_same_image",
            "test_running.Logs.test_live_with_the_images_name_and_whole_in_files",
        ],
        "an image that starts FROM another": [
            "test_running.Order.test_an_image_is_built_after_the_one_it_starts_from",
            "test_running.Order.test_a_base_without_a_tag_is_latest",
            "test_running.Order.test_build_args_name_the_base",
            "test_running.Order.test_a_base_that_is_found_at_a_mirror",
            "test_running.Order.test_a_circle_is_an_error_of_the_config",
            "test_running.Unchanged.test_an_image_whose_base_was_built_anew",
        ],
        "fail fast": ["test_running.Failures.test_the_first_failure_ends_the_run"],
        "hooks": [
            "test_running.Hooks.test_before_and_after",
            "test_running.Hooks.test_words_are_no_shell_text",
            "test_running.Hooks.test_their_output_is_shown_with_its_image",
            "test_running.Hooks.test_a_failure_stops_the_run",
            "test_running.Hooks.test_a_failure_after_an_image",
            "test_running.Hooks.test_ctrl_c",
        ],
        "images that the config no longer has are forgotten": [
            "test_running.Unchanged.test_images_that_the_config_no_longer_has_are_forgotten"
        ],
        "logs are live, with the image's name, and nothing of them is lost": [
            "test_running.Logs.test_live_with_the_images_name_and_whole_in_files",
            "test_running.Logs.test_a_build_that_ends_at_once",
            "test_running.Logs.test_nothing_is_lost_when_the_connection_is_cut",
        ],
        "unchanged images are skipped": [
            "test_running.Unchanged.test_an_unchanged_image_is_skipped",
            "test_running.Unchanged.test_what_is_none_of_the_images_business",
            "test_running.Unchanged.test_the_tag_is_another_image_by_now",
            "test_running.Unchanged.test_damaged_records",
        ],
    },
    "Killed builds": {
        "cleanup": [
            "test_cleanup.Cleanup.test_cleanup",
            "test_cleanup.Cleanup.test_a_running_build_is_kept",
        ],
        "`ovenbird logs` of its pod": ["test_running.Logs.test_of_a_pod_whose_build_was_killed"],
        "cleanup --all-namespaces": ["test_cleanup.Cleanup.test_all_namespaces"],
        "cleanup --engine local": [
            "test_cleanup.RuncCleanup.test_a_running_build_is_kept_and_a_killed_one_is_not",
            "test_cleanup.DockerCleanup.test_a_running_build_is_kept_and_a_killed_one_is_not",
        ],
        "nothing runs forever": [
            "test_cleanup.Cleanup.test_nothing_runs_on_past_the_deadline",
            "test_cleanup.RuncCleanup.test_the_time_is_over",
            "test_cleanup.DockerCleanup.test_kill_ends_the_build",
            "test_docker.Docker.test_kill_ends_the_build",
        ],
        "leftovers expire, or are removed by the next build": [
            "test_cleanup.Cleanup.test_all_goes_by_itself",
            "test_cleanup.Cleanup.test_the_next_build_deletes_it",
            "test_cleanup.RuncCleanup.test_the_next_build_deletes_it",
            "test_cleanup.DockerCleanup.test_the_next_build_deletes_it",
        ],
    },
    "The first day": {
        "`init` to a pushed image": [
            "test_first_day.FirstDay.test_from_a_dockerfile_to_a_pushed_image"
        ],
        "`migrate` of DevSpace 6, Skaffold, compose": [
            "test_first_day.FirstDay.test_a_project_of_devspace_6",
            "test_first_day.FirstDay.test_a_project_of_skaffold",
            "test_first_day.FirstDay.test_a_project_of_compose",
        ],
        "the recipes of GitLab and Tekton": ["test_recipes.Recipes.test_gitlab_and_tekton"],
    },
    "Platforms": {
        "`platforms`: the tags name an index": [
            "test_platforms.Platforms.test_the_tags_name_an_index"
        ],
        "a platform that fails leaves the tags": [
            "test_platforms.Platforms.test_a_platform_that_fails_leaves_the_tag"
        ],
        "no node of the platform, known before a pod is created": [
            "test_platforms.Platforms.test_no_node_of_the_platform"
        ],
        "without `platforms`: that of the nodes": [
            "test_platforms.Platforms.test_without_platforms",
            "test_platforms.Platforms.test_nodes_of_two_platforms",
        ],
        "`platforms` of an image that Docker builds": ["test_docker.Docker.test_platforms"],
        "--platform": ["test_platforms.Platforms.test_one_platform_has_no_index"],
    },
    "Registries": {
        "push check before the upload, `--skip-push-check`": [
            "test_push.Push.test_a_wrong_login_is_known_before_the_pod",
            "test_push.Push.test_a_missing_login_is_known_before_the_pod",
            "test_push.Push.test_the_check_can_be_skipped",
            "test_push.Push.test_the_login_of_a_pull_secret_is_not_judged_by_ours",
        ],
        "the digest in the registry is the one that was built": [
            "test_push.Push.test_nothing_is_left_in_the_registry_by_the_check"
        ],
        "`insecure` for push, cache and base image": [
            "test_registries.Registries.test_insecure_covers_push_cache_and_base_image"
        ],
    },
    "Other engines": {
        "build.docker": [
            "test_docker.Docker.test_options",
            "test_docker.Docker.test_skip_push",
            "test_docker.Docker.test_login",
            "test_docker.Docker.test_minikube",
            "test_docker.Docker.test_kaniko_where_no_daemon_answers",
            "test_docker.Docker.test_no_fallback",
            "test_docker.Docker.test_several_at_once_with_their_logs",
            "test_docker.Docker.test_ctrl_c",
            "test_docker.Docker.test_a_failed_command_leaves_no_container",
        ],
        "build.custom": [
            "test_custom.Custom.test_words_and_folder",
            "test_custom.Custom.test_on_change",
            "test_custom.Custom.test_a_command_that_fails",
            "test_custom.Custom.test_ctrl_c",
            "test_custom.Custom.test_several_at_once_with_their_logs",
        ],
        "build.disabled": ["test_custom.Custom.test_disabled"],
        "--engine": [
            "test_docker.Docker.test_the_command_line_is_stronger",
            "test_custom.Custom.test_it_comes_before_the_others",
        ],
        "--engine local": ["test_engines.Engines.test_local"],
    },
    "Flags and rights": {
        "the Role of `ovenbird rbac` suffices": [
            "test_rbac.Rbac.test_a_build",
            "test_rbac.Rbac.test_ctrl_c",
            "test_rbac.Rbac.test_cleanup",
            "test_rbac.Rbac.test_a_pull_secret_is_the_only_one_that_can_be_read",
            "test_rbac.Rbac.test_a_platform_lists_the_nodes",
        ],
        "a Role without one of its verbs": [
            "test_rbac.Rbac.test_a_build_without_one_verb",
            "test_rbac.Rbac.test_cleanup_without_one_verb",
        ],
        "`ovenbird doctor`": [
            "test_doctor.Doctor.test_a_good_cluster",
            "test_doctor.Doctor.test_as_json",
            "test_doctor.Doctor.test_the_rights_of_rbac_suffice",
            "test_doctor.Doctor.test_no_rights",
            "test_doctor.Doctor.test_a_wrong_registry_password",
            "test_doctor.Doctor.test_pod_security_baseline",
            "test_doctor.Doctor.test_pod_security_restricted",
            "test_doctor.Doctor.test_a_full_quota",
            "test_doctor.Doctor.test_injected_containers",
            "test_doctor.Doctor.test_no_cluster",
            "test_doctor.Doctor.test_no_kubeconfig",
            "test_doctor.Doctor.test_missing_objects",
            "test_doctor.Doctor.test_a_pull_secret",
            "test_doctor.Doctor.test_a_certificate",
        ],
        "--schedule-timeout": [
            "test_failures.Failures.test_a_node_comes_later",
            "test_failures.Failures.test_no_node_has_room",
        ],
        "`render --verify`": [
            "test_verify.Verify.test_objects_that_the_cluster_accepts",
            "test_verify.Verify.test_rejected_values",
            "test_verify.Verify.test_a_quota_names_no_line",
            "test_verify.Verify.test_a_missing_namespace",
        ],
        "least rights": ["test_failures.Failures.test_least_rights_are_enough"],
        # frame.py looks at them at the end of each; these make and delete the most.
        "objects of other users stay as they are (every test)": [
            "test_quickstart.Quickstart.test_builds_pushes_and_cleans_up",
            "test_faults.Faults.test_ten_builds_meet_every_fault",
        ],
    },
}

# Why the cluster cannot show it, and the test that shows it instead.
NOT_PROVEN = {
    "HTTP to HTTPS": "kaniko takes HTTP by itself for a private address, and no name "
    "resolves in this cluster; `runtime/build/kaniko_log_test.cc`",
    "InvalidImageName": "such a name is an error of the config, reported before a pod is created; "
    "`runtime/build/cluster/pod_failure.cc` knows it for webhooks that change images",
    "watch expired, as an HTTP status": "an API server says it in the stream, which is proven "
    "above; `runtime/kube/watch_test.cc` has a server that answers 410 itself",
}

# Tests that do not depend on the cluster's version: they run on the current version only.
ANY_VERSION = (
    "test_custom.",
    "test_docker.",
    "test_engines.",
    "test_kueue.",
    "test_local.",
    "test_running.",
    "test_faults.Faults.test_the_node_is_lost",
)
ONCE = "on another"
# Tests that run only when a filter names them: what they need takes minutes to build.
BY_NAME = ("test_kueue.",)

HEAD = """# What the end-to-end tests prove

Made by `./bazelw run //e2e:test -- --write-docs docs/e2e.md` from `e2e/proofs.py` and
the tests' results on a real cluster. `.ci/run` runs all of them on both versions before a change is merged: the newest
Kubernetes, and the oldest that Ovenbird supports. Other versions can be run by hand (`--kubernetes VERSION`). A run fills in the column of
its version; a newer Kubernetes takes the place of the last one.
"on another": the test does not depend on the version of Kubernetes, and runs on the current version only.

| Kubernetes | commit of the last whole run |
|---|---|
"""


def is_for_any_version(test):
    return test.startswith(ANY_VERSION)


def tests_of(proof):
    """The named tests, without the sentences."""
    return [name for name in proof if name.startswith("test_")]


def read_results(text):
    """{(Kubernetes, test): result} of a page that render() has made."""
    results = {}
    versions = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells[:2] == ["what", "test"]:
            versions = cells[2:]
        for version, cell in zip(versions, cells[2:]):
            if cell in ("passed", "failed"):
                results[version, cells[1].strip("`")] = cell
    return results


def read_commits(text):
    """{Kubernetes: commit} of a page that render() has made."""
    return dict(re.findall(r"^\| ([0-9.]+) \| `([0-9a-f]+)` \|$", text, re.MULTILINE))


def render(results, commits):
    versions = sorted({version for version, _ in results}, key=lambda v: v.split("."))
    rows = ["| %s | `%s` |" % (version, commits.get(version, "")) for version in versions]
    lines = [HEAD + "\n".join(rows) + "\n"]
    for title, proofs in PROOFS.items():
        lines += ["## " + title, ""]
        lines.append("| %s |" % " | ".join(["what", "test"] + versions))
        lines.append("|---|---|" + "---|" * len(versions))
        for what, tests in proofs.items():
            what = "`%s`" % what if title.startswith("Options") or what[0] == "-" else what
            for test in tests:
                name = "`%s`" % test if test.startswith("test_") else test
                once = ONCE if is_for_any_version(test) else ""
                cells = [results.get((version, test), once) for version in versions]
                lines.append("| %s |" % " | ".join([what, name] + cells))
        lines.append("")
    lines += ["## Not proven on a cluster", "", "| what | why |", "|---|---|"]
    lines += ["| %s | %s |" % row for row in NOT_PROVEN.items()]
    return "\n".join(lines) + "\n"
