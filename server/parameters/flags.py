"""MaxCompute's flags, which scripts written for its console set: which are documented, and which do something here.

Most of them steer how MaxCompute runs jobs, and there are none here: they are kept and shown, so that a script runs
unchanged. Those with an effect are run-time parameters of `table`.

Source: "Flag parameters", "SET operations", "Data type editions", "Schema-related operations", and the pages on the
time zone and on query acceleration.
"""

import re
from collections.abc import Mapping
from typing import Final

# Flags that are another name of a run-time parameter.
ALIASES: Final[Mapping[str, str]] = {"odps.sql.timezone": "timezone"}

_PREFIXES: Final = ("odps.", "console.")
# Documented, and without effect here: `{a,b}` stands for either.
_JOBS: Final = """
    console.sql.result.instancetunnel
    odps.function.timeout
    odps.instance.{priority,remain.days}
    odps.isolation.session.enable
    odps.job.workers.limit
    odps.mcqa.disable
    odps.merge.{cross.paths,max.partition.count,smallfile.filesize.threshold,task.mode}
    odps.optimizer.{cbo.rule.filter.black,cbo.rule.filter.white,enable.conditional.mapjoin,stat.collect.auto}
    odps.service.mode
    odps.session.image
    odps.sql.{allow.cartesian,allow.fullscan,allow.namespace.schema,auto.merge.enabled,bigquery.compatible}
    odps.sql.{cfile2.field.maxsize,ddl.odps2,dynamic.filter.dpp.enable,enable.dynamic.parallelism,hive.compatible}
    odps.sql.executionengine.batch.rowcount
    odps.sql.{groupby.position.alias,groupby.skewindata,jobconf.odps2,job.max.time.hours,mapper.cpu,mapper.memory}
    odps.sql.{mapper.split.size,mapjoin.memory.max,never.fail.on.udf,orderby.position.alias,planner.mode}
    odps.sql.{preparse.odps2,python.version,reducer.instances,reducer.memory,reshuffle.dynamicpt}
    odps.sql.{runtime.mode,select.auto.limit,session.java.imports,session.resources,skewinfo,skewjoin}
    odps.sql.split.{dop,row.count,size}
    odps.sql.{submit.mode,type.json.enable,udf.getjsonobj.new,udf.java.retain.legacy,udf.joiner.jvm.memory}
    odps.sql.udf.{jvm.memory,python.memory,strict.mode,timeout}
    odps.sql.unstructured.{data.split.size,oss.commit.mode}
    odps.sql.{validate.orderby.limit,window.function.newimpl}
    odps.stage.{mem,num,joiner.mem,joiner.num,mapper.mem,mapper.split.size,reducer.mem,reducer.num}
    odps.task.{major.version,max.concurrent.cu,quota.preference.tag,wlm.quota}
"""


def _expand(lines: str) -> frozenset[str]:
    names: set[str] = set()
    for word in lines.split():
        match = re.fullmatch(r"(.*)\{(.*)\}", word)
        names.update([word] if match is None else (match[1] + each for each in match[2].split(",")))
    return frozenset(names)


_DOCUMENTED: Final = _expand(_JOBS)


def is_flag(name: str) -> bool:
    """Whether `name` is MaxCompute's to define; a value in SET is then all that follows the sign, as it is written."""
    return name.lower().startswith(_PREFIXES)


def is_documented(name: str) -> bool:
    """Whether MaxCompute documents a flag of this name that has no effect here."""
    return name.lower() in _DOCUMENTED
