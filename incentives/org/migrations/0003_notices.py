import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0002_calendar")]

    operations = [
        migrations.CreateModel(
            name='MutedNotices',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=20)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='muted_notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'muted notices',
                'verbose_name_plural': 'muted notices',
                'constraints': [models.UniqueConstraint(fields=('person', 'group'), name='notices_muted')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('url', models.CharField(blank=True, default='', max_length=300)),
                ('source_key', models.CharField(db_collation='C', max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('celebrates', models.BooleanField(default=False)),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-created_at', '-id'],
                'indexes': [
                    models.Index(fields=['person', '-created_at'], name='notice_person'),
                    models.Index(condition=models.Q(('read_at', None)), fields=['person'], include=('celebrates',), name='notice_unread'),
                    models.Index(condition=models.Q(('read_at', None), _negated=True), fields=['read_at'], name='notice_read'),
                ],
                'constraints': [models.UniqueConstraint(fields=('person', 'source_key'), name='notice_told_once')],
            },
        ),
    ]
