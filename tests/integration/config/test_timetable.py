from config.celery import app


def test_every_periodic_task_exists_and_is_not_done_twice_when_late():
    app.loader.import_default_modules()
    assert app.conf.beat_schedule
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        assert entry["options"]["expires"] == entry["schedule"]


def test_a_task_outlives_its_worker_and_keeps_no_result():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.task_ignore_result
    assert app.conf.worker_prefetch_multiplier == 1
    # Longer, and a second worker would begin it while the first still works.
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]
