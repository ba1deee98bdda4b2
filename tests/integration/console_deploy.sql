--********************************************************************--
-- 发布新版本：情感模型 v2；author: O'Brien；"每周一次"
--********************************************************************--
set odps.sql.type.system.odps2=true;set odps.sql.allow.fullscan=true;
SET odps.sql.timezone=Asia/Shanghai; -- 时区；北京
SET odps.sql.session.resources = "a.jar,b.jar";
set odps.task.quota.preference.tag=payasyougo;
/* 多行注释；
   it's still a comment; DROP MODEL IF EXISTS "no"; */
CREATE SCHEMA IF NOT EXISTS nlp;
USE SCHEMA nlp;

DROP MODEL IF EXISTS sentiment;
CREATE MODEL IF NOT EXISTS Sentiment WITH VERSION V1
INPUT (`文本` STRING COMMENT "输入；it's text", 得分 DOUBLE COMMENT '0 -- 1; "closed"')
OPTIONS (
    MODEL_SOURCE_TYPE = 'IMPORT',
    MODEL_TYPE = 'BOOSTED_TREE_CLASSIFIER',
    LOCATION = 'oss://oss-cn-shanghai-internal.aliyuncs.com/bucket/sentiment/v1;1/',
    ROLEARN = 'acs:ram::139:role/aliyunodpsdefaultrole'
)
COMMENT '情感分析；第一版' ' -- 不是注释';
;
ALTER MODEL sentiment ADD VERSION v2	-- a tab before this
INPUT (`文本` STRING, 得分 DOUBLE, 标签 ARRAY<STRING>)
WITH OPTIONS (
    LOCATION = "oss://oss-cn-shanghai-internal.aliyuncs.com/bucket/sentiment/v2/",
    ROLEARN = "acs:ram::139:role/aliyunodpsdefaultrole"
)
COMMENT "第二版: 更好";
ALTER MODEL sentiment SET DEFAULT_VERSION V2;
ALTER MODEL nlp.sentiment DROP VERSION v1;
DESC MODEL sentiment;
SHOW VERSIONS FOR MODEL sentiment;
show schemas;
SHOW MODELS
