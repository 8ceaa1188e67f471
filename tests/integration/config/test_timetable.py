from config.celery import BeatingScheduler, app


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


def test_after_a_start_everything_is_done_at_once_and_then_in_its_time():
    scheduler = BeatingScheduler(app)
    assert scheduler.schedule.keys() == app.conf.beat_schedule.keys()
    for name, entry in scheduler.schedule.items():
        assert entry.is_due().is_due, name
        assert not next(entry).is_due().is_due, name
