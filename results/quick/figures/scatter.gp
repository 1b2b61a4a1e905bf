# Mean accuracy against mean IoU, quick. Run in this folder: gnuplot scatter.gp
set encoding utf8
do for [format in 'png svg'] {
if (format eq 'png') {
set terminal pngcairo size 1600,1526 noenhanced fontscale 0.75 font 'sans-serif,22' background rgb 'white'
} else {
set terminal svg size 1600,1526 noenhanced font 'sans-serif,22' background rgb 'white'
}
set output 'scatter.'.format
set multiplot
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set label 1 'Mean accuracy against mean IoU, quick' at screen 0.5,0.97903 center font 'sans-serif,26'
set label 2 'SYNTHIA: rendered stand-in for SYNTHIA, not the real data (renderer seed 1, 480/64/136 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18, ResNet-101 at width' at screen 0.01250,0.15701 left font 'sans-serif,16' tc rgb '#333333'
set label 3 'multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128 images of the test split; weights after the last iteration; images: drawn by RecallBench''s own' at screen 0.01250,0.14260 left font 'sans-serif,16' tc rgb '#333333'
set label 4 'renderer. Scaled down; the paper has: images real SYNTHIA; part of the images all; input 768x384; iterations 100000; checkpoint best by validation; network DeepLabV3 by its text, DeepLab' at screen 0.01250,0.12818 left font 'sans-serif,16' tc rgb '#333333'
set label 5 'v3+ with aligned corners by its authors'' code; width multiplier 1; initial weights ImageNet-pretrained.' at screen 0.01250,0.11376 left font 'sans-serif,16' tc rgb '#333333'
set label 6 'Cityscapes: rendered stand-in for Cityscapes, not the real data (renderer seed 1, 480/128/1 training/validation/test images of 256x128); input 128x64; DeepLabV3 ResNet-18, ResNet-101 at' at screen 0.01250,0.09934 left font 'sans-serif,16' tc rgb '#333333'
set label 7 'width multiplier 0.25; 300 iterations of batch 6; Adam 0.001; seeds 1, 2, 3; evaluated on 128 images of the validation split; weights after the last iteration; images: drawn by' at screen 0.01250,0.08493 left font 'sans-serif,16' tc rgb '#333333'
set label 8 'RecallBench''s own renderer. Scaled down; the paper has: images real Cityscapes; part of the images all; input 769x769, evaluated at 2048x1024; iterations 90000; learning rate 0.0001;' at screen 0.01250,0.07051 left font 'sans-serif,16' tc rgb '#333333'
set label 9 'augmentation cityscapes; checkpoint best by validation; network DeepLabV3 by its text, DeepLab v3+ with aligned corners by its authors'' code; width multiplier 1; initial weights' at screen 0.01250,0.05609 left font 'sans-serif,16' tc rgb '#333333'
set label 10 'ImageNet-pretrained.' at screen 0.01250,0.04168 left font 'sans-serif,16' tc rgb '#333333'
set label 11 'Large marks: mean over seeds; small marks: single seeds. Dashed: level of focal. Pale line: Pareto front, the means that none beats in both. ≈: not distinguishable from ce in either' at screen 0.01250,0.02726 left font 'sans-serif,16' tc rgb '#333333'
set label 12 '(Holm, 5 %; tables.md).' at screen 0.01250,0.01284 left font 'sans-serif,16' tc rgb '#333333'
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.62516
set tmargin at screen 0.92923
set title 'SYNTHIA (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [18.1691:30.6799]
set yrange [28.2603:53.1612]
set arrow from 28.0201,graph 0 to 28.0201,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 35.8144 to graph 1,first 35.8144 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 20.7017,49.0216 to 20.9496,48.0880 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 20.9496,48.0880 to 24.7597,41.4164 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 24.7597,41.4164 to 28.8479,40.0933 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.35908,0.71639 center front tc rgb '#000000'
set arrow from screen 0.15099,0.88654 to screen 0.15099,0.89514 nohead back lw 1.2 lc rgb '#00558A'
set label 'weighted_ce' at screen 0.17524,0.90343 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.20588,0.84423 center front tc rgb '#1F77AC'
set label 'focal ≈' at screen 0.35587,0.74045 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.37924,0.68014 center front tc rgb '#6B6B1F'
set label 'soft_iou ≈' at screen 0.28031,0.69817 center front tc rgb '#A06E00'
set label 'lovasz ≈' at screen 0.32796,0.78581 center front tc rgb '#A34B7E'
set label 'recall' at screen 0.42903,0.75124 center front tc rgb '#B04E00'
plot 'scatter.dat' index 1 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 1 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 3 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 3 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 5 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 5 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 7 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 7 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 9 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 9 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 11 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 11 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 13 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 13 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 15 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 15 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 0 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 2 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 4 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 6 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 8 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 10 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 12 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 14 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset label
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.62516
set tmargin at screen 0.92923
set title 'SYNTHIA (rendered stand-in), ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [9.5199:21.0342]
set yrange [20.1163:34.8699]
set arrow from 18.5964,graph 0 to 18.5964,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 25.3020 to graph 1,first 25.3020 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 11.7041,31.9471 to 12.5493,30.6340 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 12.5493,30.6340 to 17.1121,29.8988 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 17.1121,29.8988 to 19.0411,25.8377 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from screen 0.90011,0.73351 to screen 0.90011,0.72492 nohead back lw 1.2 lc rgb '#000000'
set label 'ce' at screen 0.90796,0.71663 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.64581,0.88777 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.73403,0.84193 center front tc rgb '#1F77AC'
set arrow from screen 0.89152,0.72464 to screen 0.89908,0.70253 nohead back lw 1.2 lc rgb '#007455'
set label 'focal ≈' at screen 0.92988,0.69424 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.84254,0.69261 center front tc rgb '#6B6B1F'
set arrow from screen 0.89718,0.74308 to screen 0.88898,0.74308 nohead back lw 1.2 lc rgb '#A06E00'
set label 'soft_iou ≈' at screen 0.84498,0.75092 center front tc rgb '#A06E00'
set label 'lovasz ≈' at screen 0.85378,0.84519 center front tc rgb '#A34B7E'
set label 'recall ≈' at screen 0.77041,0.71289 center front tc rgb '#B04E00'
plot 'scatter.dat' index 17 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 17 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 19 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 19 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 21 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 21 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 23 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 23 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 25 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 25 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 27 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 27 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 29 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 29 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 31 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 31 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 16 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 18 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 20 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 22 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 24 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 26 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 28 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 30 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.06875
set rmargin at screen 0.47500
set bmargin at screen 0.23198
set tmargin at screen 0.53604
set title 'Cityscapes (rendered stand-in), ResNet-18' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [7.9620:20.1285]
set yrange [20.5739:29.9566]
set arrow from 17.9805,graph 0 to 17.9805,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 23.4682 to graph 1,first 23.4682 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 13.7477,28.0205 to 17.6538,25.3039 nohead back lw 5 lc rgb '#E8DDBB'
set arrow from 17.6538,25.3039 to 18.1539,25.0573 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.36028,0.30798 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.18908,0.40719 center front tc rgb '#00558A'
set label 'balanced_ce' at screen 0.20471,0.43682 center front tc rgb '#1F77AC'
set label 'focal' at screen 0.37755,0.34882 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.42434,0.29200 center front tc rgb '#6B6B1F'
set label 'soft_iou ≈' at screen 0.34904,0.40831 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.29800,0.47945 center front tc rgb '#A34B7E'
set arrow from screen 0.40158,0.37675 to screen 0.38613,0.37568 nohead back lw 1.2 lc rgb '#B04E00'
set label 'recall ≈' at screen 0.35093,0.36739 center front tc rgb '#B04E00'
plot 'scatter.dat' index 33 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 33 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 35 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 35 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 37 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 37 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 39 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 39 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 41 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 41 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 43 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 43 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 45 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 45 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 47 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 47 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 32 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 34 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 36 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 38 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 40 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 42 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 44 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 46 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
set lmargin at screen 0.56875
set rmargin at screen 0.97500
set bmargin at screen 0.23198
set tmargin at screen 0.53604
set title 'Cityscapes (rendered stand-in), ResNet-101' offset 0,-0.3
set xlabel 'mean IoU (%)' offset 0,0.2
set ylabel 'mean accuracy (%)'
set xrange [7.8750:15.2363]
set yrange [14.2114:28.8417]
set arrow from 11.8383,graph 0 to 11.8383,graph 1 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from graph 0,first 16.6627 to graph 1,first 16.6627 nohead back dt (20,12) lw 1 lc rgb '#8A8A8A'
set arrow from 10.8873,26.1535 to 13.5673,20.2692 nohead back lw 5 lc rgb '#E8DDBB'
set label 'ce' at screen 0.82253,0.28451 center front tc rgb '#000000'
set label 'weighted_ce' at screen 0.67239,0.43543 center front tc rgb '#00558A'
set arrow from screen 0.66485,0.46778 to screen 0.66485,0.49400 nohead back lw 1.2 lc rgb '#1F77AC'
set label 'balanced_ce' at screen 0.66485,0.50229 center front tc rgb '#1F77AC'
set label 'focal ≈' at screen 0.75471,0.30597 center front tc rgb '#007455'
set label 'ohem ≈' at screen 0.82036,0.25622 center front tc rgb '#6B6B1F'
set label 'soft_iou' at screen 0.92809,0.35788 center front tc rgb '#A06E00'
set label 'lovasz' at screen 0.74851,0.49859 center front tc rgb '#A34B7E'
set label 'recall ≈' at screen 0.84394,0.32560 center front tc rgb '#B04E00'
plot 'scatter.dat' index 49 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80000000', \
  'scatter.dat' index 49 using 1:2 with points pt 7 ps 1.1 lc rgb '#60000000', \
  'scatter.dat' index 51 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#800072B2', \
  'scatter.dat' index 51 using 1:2 with points pt 5 ps 1.1 lc rgb '#600072B2', \
  'scatter.dat' index 53 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#8056B4E9', \
  'scatter.dat' index 53 using 1:2 with points pt 4 ps 1.1 lc rgb '#6056B4E9', \
  'scatter.dat' index 55 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80009E73', \
  'scatter.dat' index 55 using 1:2 with points pt 9 ps 1.1 lc rgb '#60009E73', \
  'scatter.dat' index 57 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80999933', \
  'scatter.dat' index 57 using 1:2 with points pt 11 ps 1.1 lc rgb '#60999933', \
  'scatter.dat' index 59 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80E69F00', \
  'scatter.dat' index 59 using 1:2 with points pt 15 ps 1.1 lc rgb '#60E69F00', \
  'scatter.dat' index 61 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80CC79A7', \
  'scatter.dat' index 61 using 1:2 with points pt 14 ps 1.1 lc rgb '#60CC79A7', \
  'scatter.dat' index 63 using 1:2:($4-$1):($5-$2) with vectors nohead lw 1 lc rgb '#80D55E00', \
  'scatter.dat' index 63 using 1:2 with points pt 13 ps 1.1 lc rgb '#60D55E00', \
  'scatter.dat' index 48 using 1:2 with points pt 7 ps 2.8 lw 2.5 lc rgb '#000000', \
  'scatter.dat' index 50 using 1:2 with points pt 5 ps 2.8 lw 2.5 lc rgb '#0072B2', \
  'scatter.dat' index 52 using 1:2 with points pt 4 ps 2.8 lw 2.5 lc rgb '#56B4E9', \
  'scatter.dat' index 54 using 1:2 with points pt 9 ps 2.8 lw 2.5 lc rgb '#009E73', \
  'scatter.dat' index 56 using 1:2 with points pt 11 ps 2.8 lw 2.5 lc rgb '#999933', \
  'scatter.dat' index 58 using 1:2 with points pt 15 ps 2.8 lw 2.5 lc rgb '#E69F00', \
  'scatter.dat' index 60 using 1:2 with points pt 14 ps 2.8 lw 2.5 lc rgb '#CC79A7', \
  'scatter.dat' index 62 using 1:2 with points pt 13 ps 2.8 lw 2.5 lc rgb '#D55E00'
unset label
unset arrow
unset multiplot
unset output
}
